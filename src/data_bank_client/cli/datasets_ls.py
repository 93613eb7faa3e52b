"""`databank datasets ls`: which datasets there are."""

from itertools import islice
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from data_bank_client.cli.datasets_lines import dataset_line
from data_bank_client.cli.session import DEFAULT, Session
from data_bank_client.cli.show import show
from data_bank_client.wire.datasets import DATASET_LIST_DEFAULT, DatasetStatus


def ls(
    *,
    status: Annotated[list[DatasetStatus] | None, Parameter(negative="")] = None,
    name: str | None = None,
    limit: Annotated[int, Parameter(validator=Number(gte=1))] = DATASET_LIST_DEFAULT,
    all_: Annotated[bool, Parameter(name="--all", negative="")] = False,
    session: Session = DEFAULT,
) -> None:
    """List the datasets, newest first: id, status, rows, name, size, date, and what is wrong.

    Parameters
    ----------
    status
        Only those that are so far; may be said several times.
    name
        Only those whose names have this in them.
    limit
        At most so many, 1 or more.
    all_
        Every one.
    """
    with session.client() as bank:
        datasets = bank.datasets.iter(status=status, name_contains=name)
        for each in datasets if all_ else islice(datasets, limit):
            show(each, dataset_line(each), json=session.json)
