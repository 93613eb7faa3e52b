"""The client, for services that import it from here."""

from data_bank_client import AsyncDataBankClient, DataBankClient

__all__ = ["AsyncDataBankClient", "DataBankClient"]
