"""`databank datasets rm`: forget a dataset."""

from data_bank_client.cli.datasets_find import find_dataset
from data_bank_client.cli.datasets_lines import dataset_line
from data_bank_client.cli.session import DEFAULT, Session
from data_bank_client.cli.show import show


def rm(dataset: str, /, *, session: Session = DEFAULT) -> None:
    """Forget a dataset, and print it as it was; its file stays in the bank, its report goes.

    Parameters
    ----------
    dataset
        Its id, or its name, where no other has that.
    """
    with session.client() as bank:
        found = find_dataset(bank, dataset)
        bank.datasets.delete(found["id"])
    show(found, dataset_line(found), json=session.json)
