"""The client of a Data Bank: `DataBankClient`, `AsyncDataBankClient`, their errors and answers."""

from importlib import import_module
from typing import TYPE_CHECKING

from data_bank_client.calls.call import OnRetry, Phase, Progress
from data_bank_client.calls.catalog import DatasetFilter
from data_bank_client.calls.corpus import IngestedAddress, IngestedFiles
from data_bank_client.calls.datasets import DatasetsFilter
from data_bank_client.calls.events import SeenEvent
from data_bank_client.calls.hub import ArtifactFilter, RegistrationOptions
from data_bank_client.calls.jobs import JobFilter
from data_bank_client.errors import (
    AuthorizationError,
    BadRequestError,
    ConflictError,
    ConnectionFailedError,
    DataBankClientError,
    DigestMismatchError,
    ExternalServiceError,
    FileQuarantinedError,
    ForbiddenError,
    GatewayTimeoutError,
    InsufficientStorageClientError,
    InternalError,
    InvalidInputError,
    InvalidJsonError,
    JobNotFoundError,
    MethodNotAllowedError,
    NotFoundError,
    PayloadTooLargeError,
    PreconditionFailedError,
    RangeNotSatisfiableError,
    RateLimitError,
    RequestTimeoutError,
    ServiceUnavailableError,
    UnexpectedAnswerError,
    UnsupportedMediaTypeError,
    WebhookSignatureError,
)
from data_bank_client.wire.catalog import (
    CacheStatus,
    CatalogJobAnswer,
    CatalogMeta,
    DatasetAnswer,
    DatasetCommit,
    DatasetCommits,
    DatasetFile,
    DatasetFiles,
    DatasetPage,
    FileUrl,
    MemoryStatus,
)
from data_bank_client.wire.datasets import DatasetFromFile, StoredDataset, StoredDatasetPage
from data_bank_client.wire.files import BatchAnswer, FileAnswer, FileHead, FilePage
from data_bank_client.wire.hub import (
    ArtifactAnswer,
    ArtifactPage,
    HubChange,
    HubJobAnswer,
    HubSum,
    HubTrouble,
    RepositoryAnswer,
    RepositoryDetail,
    RepositoryPage,
    RepoType,
    SnapshotAnswer,
    SnapshotPage,
)
from data_bank_client.wire.jobs import (
    JobAnswer,
    JobDetail,
    JobError,
    JobLine,
    JobPage,
    JobResult,
)
from data_bank_client.wire.reports import Report
from data_bank_client.wire.webhooks import (
    DeliveryAnswer,
    DeliveryPage,
    NewWebhook,
    WebhookAnswer,
    WebhookPage,
)

if TYPE_CHECKING:
    from data_bank_client.async_client import AsyncDataBankClient
    from data_bank_client.client import DataBankClient

__all__ = [
    "ArtifactAnswer",
    "ArtifactFilter",
    "ArtifactPage",
    "AsyncDataBankClient",
    "AuthorizationError",
    "BadRequestError",
    "BatchAnswer",
    "CacheStatus",
    "CatalogJobAnswer",
    "CatalogMeta",
    "ConflictError",
    "ConnectionFailedError",
    "DataBankClient",
    "DataBankClientError",
    "DatasetAnswer",
    "DatasetCommit",
    "DatasetCommits",
    "DatasetFile",
    "DatasetFiles",
    "DatasetFilter",
    "DatasetFromFile",
    "DatasetPage",
    "DatasetsFilter",
    "DeliveryAnswer",
    "DeliveryPage",
    "DigestMismatchError",
    "ExternalServiceError",
    "FileAnswer",
    "FileHead",
    "FilePage",
    "FileQuarantinedError",
    "FileUrl",
    "ForbiddenError",
    "GatewayTimeoutError",
    "HubChange",
    "HubJobAnswer",
    "HubSum",
    "HubTrouble",
    "IngestedAddress",
    "IngestedFiles",
    "InsufficientStorageClientError",
    "InternalError",
    "InvalidInputError",
    "InvalidJsonError",
    "JobAnswer",
    "JobDetail",
    "JobError",
    "JobFilter",
    "JobLine",
    "JobNotFoundError",
    "JobPage",
    "JobResult",
    "MemoryStatus",
    "MethodNotAllowedError",
    "NewWebhook",
    "NotFoundError",
    "OnRetry",
    "PayloadTooLargeError",
    "Phase",
    "PreconditionFailedError",
    "Progress",
    "RangeNotSatisfiableError",
    "RateLimitError",
    "RegistrationOptions",
    "RepoType",
    "Report",
    "RepositoryAnswer",
    "RepositoryDetail",
    "RepositoryPage",
    "RequestTimeoutError",
    "SeenEvent",
    "ServiceUnavailableError",
    "SnapshotAnswer",
    "SnapshotPage",
    "StoredDataset",
    "StoredDatasetPage",
    "UnexpectedAnswerError",
    "UnsupportedMediaTypeError",
    "WebhookAnswer",
    "WebhookPage",
    "WebhookSignatureError",
]

_CLIENTS = {
    "AsyncDataBankClient": "data_bank_client.async_client",
    "DataBankClient": "data_bank_client.client",
}


def __getattr__(name: str) -> object:
    # The clients bring httpx2, which takes a tenth of a second: only for who uses them.
    if name in _CLIENTS:
        return getattr(import_module(_CLIENTS[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
