"""`databank info`: what the bank knows of files."""

from data_bank_client.cli.session import DEFAULT, Session
from data_bank_client.cli.show import printable, show


def info(file_id: str, /, *, session: Session = DEFAULT) -> None:
    """Print what the bank knows of a file.

    Parameters
    ----------
    file_id
        The SHA-256 of the file.
    """
    with session.client() as bank:
        known = bank.info(file_id)
    if session.json:
        show(known, "", json=True)
        return
    for name, value in known.items():
        print(printable(f"{name:<13} {value}"))
