"""What the commands that start work of the mirror say: the job, and what comes next."""

from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from data_bank_client.cli.job_watch import watch_to_end
from data_bank_client.cli.session import Session
from data_bank_client.client import DataBankClient
from data_bank_client.wire.hub import SYNC_HOURS_LIMIT, HubJobAnswer

Watch = Annotated[bool, Parameter(negative="")]
ListOnly = Annotated[bool, Parameter(negative="")]
Hours = Annotated[int | None, Parameter(validator=Number(gte=1, lte=SYNC_HOURS_LIMIT))]


def follow(
    bank: DataBankClient,
    job: HubJobAnswer,
    repo_id: str,
    *,
    list_only: bool,
    watch: bool,
    session: Session,
) -> None:
    """Show the job's steps to its end, if they are wanted; its failure is raised."""
    if watch:
        watch_to_end(bank, job["job_id"], json=session.json)
    else:
        session.hint(f"it goes on by itself; to watch it: databank jobs watch {job['job_id']}")
    if list_only:
        session.hint(f"what is large is fetched by: databank hub download {repo_id}")
    elif watch:
        session.hint(f"all of it is in the bank; as files here: databank hub fetch {repo_id}")
