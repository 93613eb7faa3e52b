"""`databank get`: fetch a file."""

import sys
from pathlib import Path
from typing import Annotated, BinaryIO

from cyclopts import Parameter

from data_bank_client.cli.bars import progress_bar
from data_bank_client.cli.paths import STDIO, to_path
from data_bank_client.cli.session import DEFAULT, Session
from data_bank_client.cli.show import show
from data_bank_client.client import DataBankClient


def get(
    file_id: str,
    /,
    *,
    output: Annotated[
        Path | None,
        Parameter(name=["--output", "-o"], allow_leading_hyphen=True, converter=to_path),
    ] = None,
    no_resume: Annotated[bool, Parameter(negative="")] = False,
    session: Session = DEFAULT,
) -> None:
    """Fetch a file, verified, continuing where it was cut off.

    Parameters
    ----------
    file_id
        The SHA-256 of the file.
    output
        Where to: a file, a folder, or `-` for stdout. `./ID` where it is not said.
    no_resume
        Start from nothing.
    """
    target = output or Path(file_id)
    target = target / file_id if target.is_dir() else target
    with session.client() as bank:
        if output == STDIO:
            _pour(bank, file_id, sys.stdout.buffer)
            return
        if target.exists() and not target.is_file():  # a pipe or a device: it is not replaced
            with target.open("wb") as file:
                _pour(bank, file_id, file)
            return
        with progress_bar(target.name, json=session.json) as tell:
            bank.download_to_path(file_id, target, not no_resume, on_progress=tell)
    record = {"file_id": file_id.lower(), "path": str(target), "size": target.stat().st_size}
    show(record, f"{file_id.lower()}  {target}", json=session.json)


def _pour(bank: DataBankClient, file_id: str, file: BinaryIO) -> None:
    file.writelines(bank.stream(file_id))
    file.flush()
