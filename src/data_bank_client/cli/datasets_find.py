"""Which dataset is meant on a command line: by its id, or by its name where one alone has that."""

from itertools import islice

from data_bank_client.calls.datasets import is_dataset_id
from data_bank_client.client import DataBankClient
from data_bank_client.errors import InvalidInputError, NotFoundError
from data_bank_client.wire.datasets import StoredDataset

_TOLD = 3  # ids, of several datasets of one name


def find_dataset(bank: DataBankClient, wanted: str) -> StoredDataset:
    """The dataset. Raises NotFoundError, and InvalidInputError for a name that several have."""
    if is_dataset_id(wanted):
        return bank.datasets.get(wanted)
    named = (each for each in bank.datasets.iter(name_contains=wanted) if each["name"] == wanted)
    found = list(islice(named, _TOLD))
    if not found:
        raise NotFoundError(f"no dataset is called {wanted}: databank datasets ls")
    if len(found) > 1:
        ids = ", ".join(each["id"] for each in found)
        raise InvalidInputError(f"several datasets are called {wanted}, say which by its id: {ids}")
    return found[0]
