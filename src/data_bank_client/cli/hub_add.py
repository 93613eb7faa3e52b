"""`databank hub add`: mirror a repository."""

from typing import Annotated

from cyclopts import Parameter

from data_bank_client.cli.hub_lines import hub_job_line
from data_bank_client.cli.hub_watch import watch_until_whole
from data_bank_client.cli.session import DEFAULT, Session
from data_bank_client.cli.show import show
from data_bank_client.wire.hub import RepoType


def add(
    repo_id: str,
    /,
    *,
    type_: Annotated[RepoType, Parameter(name="--type")] = "model",
    revision: str = "main",
    include: Annotated[list[str] | None, Parameter(negative="")] = None,
    exclude: Annotated[list[str] | None, Parameter(negative="")] = None,
    watch: Annotated[bool, Parameter(negative="")] = False,
    session: Session = DEFAULT,
) -> None:
    """Mirror a repository of the Hub: it is listed now; print the job that does it.

    Parameters
    ----------
    repo_id
        Its name on the Hub: `org/name`.
    type_
        What it is.
    revision
        A branch, a tag or a commit.
    include
        Only files that match: `*.safetensors`, say; may be said several times.
    exclude
        No file that matches; may be said several times.
    watch
        Watch the listing to its end, then download everything, and watch that.
    """
    with session.client() as bank:
        job = bank.register_repository(
            repo_id, type_, revision=revision, include=include or [], exclude=exclude or []
        )
        show(job, hub_job_line(job), json=session.json)
        if watch:
            watch_until_whole(bank, repo_id, type_, job, json=session.json)
