"""`databank ls`: which files are stored."""

from itertools import islice
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from data_bank_client.cli.session import DEFAULT, Session
from data_bank_client.cli.show import show
from data_bank_client.wire.files import LIST_DEFAULT, FileAnswer


def ls(
    *,
    prefix: str = "",
    limit: Annotated[int, Parameter(validator=Number(gte=1))] = LIST_DEFAULT,
    all_: Annotated[bool, Parameter(name="--all", negative="")] = False,
    session: Session = DEFAULT,
) -> None:
    """List the stored files in the order of their ids: id, bytes, date, content type.

    Parameters
    ----------
    prefix
        Only those whose ids begin so.
    limit
        At most so many, 1 or more.
    all_
        Every one.
    """
    with session.client() as bank:
        files = bank.iter_files(prefix)
        for file in files if all_ else islice(files, limit):
            show(file, _line(file), json=session.json)


def _line(file: FileAnswer) -> str:
    return f"{file['file_id']}  {file['size']:>14}  {file['created_at']}  {file['content_type']}"
