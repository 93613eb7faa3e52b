"""`databank jobs start`: have a job done."""

from typing import Annotated

import msgspec
from cyclopts import Parameter

from data_bank_client.cli.job_lines import job_line
from data_bank_client.cli.job_watch import watch_to_end
from data_bank_client.cli.session import DEFAULT, Session
from data_bank_client.cli.show import show
from data_bank_client.errors import InvalidInputError


def start(
    kind: str,
    arguments: str = "{}",
    /,
    *,
    key: str | None = None,
    user_id: int = 0,
    watch: Annotated[bool, Parameter(negative="")] = False,
    session: Session = DEFAULT,
) -> None:
    """Start a job, or find the one that is under way with the same key, and print it.

    Parameters
    ----------
    kind
        What is to be done: `ping`, say.
    arguments
        What the kind takes, as a JSON object.
    key
        What names it among the jobs under way; without one, kind and arguments do.
    user_id
        For whom, a number that events tell.
    watch
        Watch it until it ends, as `databank jobs watch` does.
    """
    known = _read(arguments)
    with session.client() as bank:
        job = bank.start_job(kind, known, key=key, user_id=user_id)
        show(job, job_line(job), json=session.json)
        if watch:
            watch_to_end(bank, job["job_id"], json=session.json)


def _read(arguments: str) -> dict[str, object]:
    try:
        return msgspec.json.decode(arguments, type=dict[str, object])
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise InvalidInputError(f"the arguments are no JSON object: {error}") from error
