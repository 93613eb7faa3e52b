"""`databank rm`: remove files."""

from typing import Annotated

from cyclopts import Parameter

from data_bank_client.cli.session import DEFAULT, Session
from data_bank_client.cli.show import show


def rm(
    file_id: Annotated[list[str], Parameter(negative="")],
    /,
    *,
    force: Annotated[bool, Parameter(negative="")] = False,
    session: Session = DEFAULT,
) -> None:
    """Remove files, and print the id of each; one that was not there counts as removed.

    Parameters
    ----------
    file_id
        The SHA-256 of each file.
    force
        Also what a snapshot of the mirror needs: the snapshot lacks it then.
    """
    with session.client() as bank:
        for each in file_id:
            bank.delete(each, force=force)
            show({"file_id": each.lower()}, each.lower(), json=session.json)
