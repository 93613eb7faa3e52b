"""`databank jobs cancel` and `databank jobs retry`."""

from data_bank_client.cli.job_lines import job_line
from data_bank_client.cli.session import DEFAULT, Session
from data_bank_client.cli.show import show


def cancel(job_id: str, /, *, session: Session = DEFAULT) -> None:
    """End a job, and print it; what runs of it stops within seconds.

    Parameters
    ----------
    job_id
        The job's id.
    """
    with session.client() as bank:
        job = bank.cancel_job(job_id)
    show(job, job_line(job), json=session.json)


def retry(job_id: str, /, *, session: Session = DEFAULT) -> None:
    """Begin a job anew that failed or was cancelled, and print it.

    Parameters
    ----------
    job_id
        The job's id.
    """
    with session.client() as bank:
        job = bank.retry_job(job_id)
    show(job, job_line(job), json=session.json)
