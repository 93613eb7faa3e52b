"""`databank jobs watch`: see a job through."""

from data_bank_client.cli.job_watch import watch_to_end
from data_bank_client.cli.session import DEFAULT, Session


def watch(job_id: str, /, *, session: Session = DEFAULT) -> None:
    """Watch a job until it ends: 0 where it succeeded, else 10, 11 or 12.

    On a terminal a bar, else a line a step; with --json each step as the service tells it.
    Ctrl-C ends the watching, not the job.

    Parameters
    ----------
    job_id
        The job's id.
    """
    with session.client() as bank:
        watch_to_end(bank, job_id, json=session.json)
