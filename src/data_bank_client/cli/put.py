"""`databank put`: store files."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from data_bank_client.cli.bars import progress_bar
from data_bank_client.cli.paths import STDIO, is_repeatable, to_paths
from data_bank_client.cli.session import DEFAULT, Session
from data_bank_client.cli.show import show
from data_bank_client.client import DataBankClient
from data_bank_client.wire.files import FileAnswer


def put(
    path: Annotated[
        list[Path], Parameter(negative="", allow_leading_hyphen=True, converter=to_paths)
    ],
    /,
    *,
    content_type: str | None = None,
    force: Annotated[bool, Parameter(negative="")] = False,
    session: Session = DEFAULT,
) -> None:
    """Store files and print `ID  PATH` for each, as sha256sum does.

    A file that is stored already is hashed, and not sent again. A pipe or a device is sent as
    it is read, to its end.

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
            line = f"{stored['file_id']}  {each}"
            show({**stored, "path": str(each)}, line, json=session.json)


def _store(
    bank: DataBankClient, path: Path, content_type: str | None, *, force: bool, json: bool
) -> FileAnswer:
    with progress_bar(path.name, json=json) as tell:
        if path == STDIO:
            return bank.upload("stdin", sys.stdin.buffer, content_type, on_progress=tell)
        if is_repeatable(path):
            return bank.upload_path(path, content_type=content_type, force=force, on_progress=tell)
        with path.open("rb") as stream:
            return bank.upload(path.name, stream, content_type, on_progress=tell)
