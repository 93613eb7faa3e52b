"""`databank catalog refresh`: have the catalog brought up to date."""

from typing import Annotated

from cyclopts import Parameter

from data_bank_client.cli.catalog_lines import catalog_job_line
from data_bank_client.cli.job_watch import watch_to_end
from data_bank_client.cli.session import DEFAULT, Session
from data_bank_client.cli.show import show


def refresh(
    *,
    full: Annotated[bool | None, Parameter(negative="--changes")] = None,
    force: Annotated[bool, Parameter(negative="")] = False,
    watch: Annotated[bool, Parameter(negative="")] = False,
    session: Session = DEFAULT,
) -> None:
    """Bring the catalog up to date, and print the job that does it.

    Parameters
    ----------
    full
        Read all of the Hub's list, or with --changes what changed since the last time; else the
        service decides.
    force
        Take the Hub's list for true also where it lost more than a fifth.
    watch
        Watch it until it ends, as `databank jobs watch` does.
    """
    with session.client() as bank:
        job = bank.refresh_catalog(full=full, force=force)
        show(job, catalog_job_line(job), json=session.json)
        if watch:
            watch_to_end(bank, job["job_id"], json=session.json)
