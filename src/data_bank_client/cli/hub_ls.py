"""`databank hub ls`: which repositories are mirrored."""

from itertools import islice
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from data_bank_client.cli.hub_lines import repository_line
from data_bank_client.cli.session import DEFAULT, Session
from data_bank_client.cli.show import show
from data_bank_client.wire.hub import HUB_LIST_DEFAULT, RepoType


def ls(
    *,
    type_: Annotated[RepoType | None, Parameter(name="--type")] = None,
    limit: Annotated[int, Parameter(validator=Number(gte=1))] = HUB_LIST_DEFAULT,
    all_: Annotated[bool, Parameter(name="--all", negative="")] = False,
    session: Session = DEFAULT,
) -> None:
    """List the repositories, newest first: type, status, commit, when it was synced, name, note.

    Parameters
    ----------
    type_
        Only those of this type.
    limit
        At most so many, 1 or more.
    all_
        Every one.
    """
    with session.client() as bank:
        repositories = bank.iter_repositories(type_)
        for each in repositories if all_ else islice(repositories, limit):
            show(each, repository_line(each), json=session.json)
