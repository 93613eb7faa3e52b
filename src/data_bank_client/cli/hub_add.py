"""`databank hub add`: mirror a repository."""

from typing import Annotated

from cyclopts import Parameter

from data_bank_client.calls.hub import RegistrationOptions
from data_bank_client.cli.hub_follow import Hours, ListOnly, Watch, follow
from data_bank_client.cli.hub_lines import every_text, hub_job_line
from data_bank_client.cli.session import DEFAULT, Session
from data_bank_client.cli.show import show
from data_bank_client.errors import InvalidInputError
from data_bank_client.wire.hub import USUAL_SYNC_HOURS, RepoType


def add(
    repo_id: str,
    /,
    *,
    type_: Annotated[RepoType, Parameter(name="--type")] = "model",
    revision: str = "main",
    include: Annotated[list[str] | None, Parameter(negative="")] = None,
    exclude: Annotated[list[str] | None, Parameter(negative="")] = None,
    vendor: str | None = None,
    name: str | None = None,
    auto_sync: Annotated[bool, Parameter(negative="")] = False,
    every: Hours = None,
    list_only: ListOnly = False,
    watch: Watch = False,
    session: Session = DEFAULT,
) -> None:
    """Mirror a repository of the Hub: a job lists it and fetches all of it; print the job.

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
    vendor
        Whose it is, in words.
    name
        What it is called, in words.
    auto_sync
        Keep it whole: what is new is fetched every 24 hours, or as often as --every says.
    every
        Fetch what is new every so many hours; with --list-only list it again, no more.
    list_only
        List it and fetch its small metadata; the rest when it is asked for.
    watch
        Watch the job until it ends, as `databank jobs watch` does.
    """
    if list_only and auto_sync:
        raise InvalidInputError("--auto-sync fetches all, --list-only does not: say one of them")
    options = RegistrationOptions(
        revision=revision,
        include=include or [],
        exclude=exclude or [],
        vendor=vendor,
        name=name,
        download=not list_only,
        auto_sync=auto_sync or (every is not None and not list_only),
        sync_hours=every,
    )
    with session.client() as bank:
        job = bank.register_repository(repo_id, type_, **options)
        show(job, hub_job_line(job), json=session.json)
        if every is not None or auto_sync:
            what = "listed" if list_only else "synced and fetched"
            session.hint(f"it is {what} again {every_text(every or USUAL_SYNC_HOURS)}")
        follow(bank, job, repo_id, list_only=list_only, watch=watch, session=session)
