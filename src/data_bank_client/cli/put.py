"""`databank put`: store files."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from data_bank_client.cli.bars import progress_bar
from data_bank_client.cli.session import DEFAULT, Session
from data_bank_client.cli.show import show
from data_bank_client.client import DataBankClient
from data_bank_client.wire.files import FileAnswer

STDIN = "-"


def _no_options(_: object, paths: list[str]) -> None:
    """A lone `-` begins with a hyphen and is taken; what else does is an option misspelt."""
    for each in paths:
        if each.startswith("-") and each != STDIN:
            raise ValueError(f"unknown option {each}; a file of that name is ./{each}")


def put(
    path: Annotated[
        list[str], Parameter(negative="", allow_leading_hyphen=True, validator=_no_options)
    ],
    /,
    *,
    content_type: str | None = None,
    force: Annotated[bool, Parameter(negative="")] = False,
    session: Session = DEFAULT,
) -> None:
    """Store files and print `ID  PATH` for each, as sha256sum does.

    A file that is stored already is hashed, and not sent again.

    Parameters
    ----------
    path
        Files to store; `-` is what comes in on stdin.
    content_type
        What they are; guessed from each name where it is not said.
    force
        Send also what is stored already, which heals a damaged copy.
    """
    with session.client() as bank:
        for each in path:
            stored = _store(bank, each, content_type, force=force, json=session.json)
            show({**stored, "path": each}, f"{stored['file_id']}  {each}", json=session.json)


def _store(
    bank: DataBankClient, path: str, content_type: str | None, *, force: bool, json: bool
) -> FileAnswer:
    with progress_bar(Path(path).name, json=json) as tell:
        if path == STDIN:
            return bank.upload("stdin", sys.stdin.buffer, content_type, on_progress=tell)
        return bank.upload_path(
            Path(path), content_type=content_type, force=force, on_progress=tell
        )
