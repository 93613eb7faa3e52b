"""`databank jobs ls`: which jobs there are."""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Annotated

from cyclopts import Parameter, Token
from cyclopts.validators import Number

from data_bank_client.calls.jobs import JobFilter
from data_bank_client.cli.job_lines import job_line
from data_bank_client.cli.session import DEFAULT, Session
from data_bank_client.cli.show import show
from data_bank_client.wire.jobs import JOB_LIST_DEFAULT, JobState
from data_bank_client.wire.times import parse_time


def to_moment(_: object, tokens: Sequence[Token]) -> datetime:
    """Raises InvalidInputError."""
    return parse_time(tokens[0].value)


Moment = Annotated[datetime | None, Parameter(converter=to_moment)]


def ls(
    *,
    state: Annotated[list[JobState] | None, Parameter(negative="")] = None,
    kind: str | None = None,
    dataset: str | None = None,
    before: Moment = None,
    after: Moment = None,
    limit: Annotated[int, Parameter(validator=Number(gte=1))] = JOB_LIST_DEFAULT,
    all_: Annotated[bool, Parameter(name="--all", negative="")] = False,
    session: Session = DEFAULT,
) -> None:
    """List jobs, newest first: id, state, progress, when it was asked for, kind, and a note.

    Parameters
    ----------
    state
        Only those of this state; may be said several times.
    kind
        Only those of this kind.
    dataset
        Only those about the dataset of this id.
    before
        Only those asked for before this time: 2026-11-21T10:00:00Z, or with +01:00.
    after
        Only those asked for after it.
    limit
        At most so many, 1 or more.
    all_
        Every one.
    """
    wanted = JobFilter(
        state=state, kind=kind, dataset_id=dataset, queued_before=before, queued_after=after
    )
    with session.client() as bank:
        jobs = bank.iter_jobs(**wanted)
        for job in jobs if all_ else islice(jobs, limit):
            show(job, job_line(job), json=session.json)
