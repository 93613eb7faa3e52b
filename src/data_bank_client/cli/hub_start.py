"""`databank hub sync` and `databank hub download`: work on a repository that is mirrored."""

from typing import Annotated

from cyclopts import Parameter

from data_bank_client.cli.hub_find import WhichType, find_repository
from data_bank_client.cli.hub_lines import hub_job_line
from data_bank_client.cli.job_watch import watch_to_end
from data_bank_client.cli.session import DEFAULT, Session
from data_bank_client.cli.show import show

Watch = Annotated[bool, Parameter(negative="")]


def sync(
    repo: str,
    /,
    *,
    type_: WhichType = None,
    watch: Watch = False,
    session: Session = DEFAULT,
) -> None:
    """List a repository anew, and print the job that does it.

    Parameters
    ----------
    repo
        Its name on the Hub: `org/name`.
    type_
        What it is, where a model and a dataset have this name.
    watch
        Watch it until it ends, as `databank jobs watch` does.
    """
    with session.client() as bank:
        found = find_repository(bank, repo, type_)
        job = bank.sync_repository(found["repo_id"], found["repo_type"])
        show(job, hub_job_line(job), json=session.json)
        if watch:
            watch_to_end(bank, job["job_id"], json=session.json)


def download(
    repo: str,
    /,
    *,
    type_: WhichType = None,
    watch: Watch = False,
    session: Session = DEFAULT,
) -> None:
    """Have the bank fetch what is listed of a repository, and print the job that does it.

    Parameters
    ----------
    repo
        Its name on the Hub: `org/name`.
    type_
        What it is, where a model and a dataset have this name.
    watch
        Watch it until it ends, as `databank jobs watch` does.
    """
    with session.client() as bank:
        found = find_repository(bank, repo, type_)
        job = bank.download_repository(found["repo_id"], found["repo_type"])
        show(job, hub_job_line(job), json=session.json)
        if watch:
            watch_to_end(bank, job["job_id"], json=session.json)
