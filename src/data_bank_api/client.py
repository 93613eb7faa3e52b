"""The client and its errors, for services that import them from here."""

from data_bank_client import AsyncDataBankClient, DataBankClient
from data_bank_client.errors import (
    AuthorizationError,
    ConnectionFailedError,
    DataBankClientError,
    DigestMismatchError,
    ForbiddenError,
    InsufficientStorageClientError,
    NotFoundError,
    RangeNotSatisfiableError,
)

__all__ = [
    "AsyncDataBankClient",
    "AuthorizationError",
    "ConnectionFailedError",
    "DataBankClient",
    "DataBankClientError",
    "DigestMismatchError",
    "ForbiddenError",
    "InsufficientStorageClientError",
    "NotFoundError",
    "RangeNotSatisfiableError",
]
