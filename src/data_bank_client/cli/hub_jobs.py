"""`databank hub jobs`: the jobs of the mirror."""

from itertools import islice
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from data_bank_client.calls.jobs import JobFilter
from data_bank_client.cli.job_lines import job_line
from data_bank_client.cli.session import DEFAULT, Session
from data_bank_client.cli.show import show
from data_bank_client.wire.jobs import JOB_LIST_DEFAULT, JobState


def jobs(
    *,
    state: Annotated[list[JobState] | None, Parameter(negative="")] = None,
    kind: str | None = None,
    limit: Annotated[int, Parameter(validator=Number(gte=1))] = JOB_LIST_DEFAULT,
    all_: Annotated[bool, Parameter(name="--all", negative="")] = False,
    session: Session = DEFAULT,
) -> None:
    """List the jobs of the mirror, newest first, as `databank jobs ls` lists all.

    Parameters
    ----------
    state
        Only those of this state; may be said several times.
    kind
        Only those of this kind: `hub.sync`, say.
    limit
        At most so many, 1 or more.
    all_
        Every one.
    """
    with session.client() as bank:
        found = bank.iter_hub_jobs(**JobFilter(state=state, kind=kind))
        for job in found if all_ else islice(found, limit):
            show(job, job_line(job), json=session.json)
