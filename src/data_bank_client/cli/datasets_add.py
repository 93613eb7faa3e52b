"""`databank datasets add`: have files profiled."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from data_bank_client.cli.bars import progress_bar
from data_bank_client.cli.datasets_lines import CONTENT_TYPES, dataset_line
from data_bank_client.cli.datasets_watch import follow
from data_bank_client.cli.paths import STDIO, is_repeatable, to_paths
from data_bank_client.cli.session import DEFAULT, Session
from data_bank_client.cli.show import show
from data_bank_client.client import DataBankClient
from data_bank_client.errors import InvalidInputError
from data_bank_client.wire.datasets import DatasetKind, StoredDataset


def add(
    path: Annotated[
        list[Path], Parameter(negative="", allow_leading_hyphen=True, converter=to_paths)
    ],
    /,
    *,
    name: str | None = None,
    type_: Annotated[DatasetKind | None, Parameter(name="--type")] = None,
    watch: Annotated[bool, Parameter(negative="")] = False,
    session: Session = DEFAULT,
) -> None:
    """Store files, have a report made of each, and print the datasets that they are.

    A file that is stored already is not sent again, and one that is a dataset already stays
    as it is.

    Parameters
    ----------
    path
        Files of CSV, JSON, NDJSON or Parquet; `-` is what comes in on stdin.
    name
        What people call it, instead of the file's name.
    type_
        What they are; each name says it where it is not said.
    watch
        Watch until the reports are made: 0, else 10, 11 or 12 as `databank jobs watch` has it.
    """
    if name is not None and len(path) > 1:
        raise InvalidInputError("--name is the name of one dataset: add one file at a time")
    kind = None if type_ is None else CONTENT_TYPES[type_]
    with session.client() as bank:
        added: list[StoredDataset] = []
        for each in path:
            added.append(_add(bank, each, name, kind, json=session.json))
            show(added[-1], dataset_line(added[-1]), json=session.json)
            if added[-1]["name"] != (name or each.name):
                session.hint(f"the bank calls it {added[-1]['name']}")
        follow(bank, added, watch=watch, session=session)


def _add(
    bank: DataBankClient, path: Path, name: str | None, kind: str | None, *, json: bool
) -> StoredDataset:
    with progress_bar(path.name, json=json) as tell:
        said = {"name": name, "content_type": kind}
        if path == STDIO:
            return bank.datasets.add_stream("stdin", sys.stdin.buffer, on_progress=tell, **said)
        if is_repeatable(path):
            return bank.datasets.add(path, on_progress=tell, **said)
        with path.open("rb") as stream:
            return bank.datasets.add_stream(path.name, stream, on_progress=tell, **said)
