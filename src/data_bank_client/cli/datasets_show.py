"""`databank datasets show`: all that is known of a dataset."""

from data_bank_client.cli.datasets_find import find_dataset
from data_bank_client.cli.session import DEFAULT, Session
from data_bank_client.cli.show import printable
from data_bank_client.cli.show import show as put_out


def show(dataset: str, /, *, session: Session = DEFAULT) -> None:
    """Print what is known of a dataset.

    Parameters
    ----------
    dataset
        Its id, or its name, where no other has that.
    """
    with session.client() as bank:
        found = find_dataset(bank, dataset)
    if session.json:
        put_out(found, "", json=True)
        return
    for name, value in found.items():
        if name != "report_available" and value is not None:
            print(printable(f"{name:<17} {value}"))
    if found["report_available"]:
        session.hint(f"its report: databank datasets report {found['id']}")
