"""`databank jobs show`: all that is known of a job."""

import msgspec

from data_bank_client.cli.session import DEFAULT, Session
from data_bank_client.cli.show import printable
from data_bank_client.cli.show import show as put_out
from data_bank_client.wire.jobs import JobLine


def show(job_id: str, /, *, session: Session = DEFAULT) -> None:
    """Print what is known of a job, and its log.

    Parameters
    ----------
    job_id
        The job's id.
    """
    with session.client() as bank:
        job = bank.get_job(job_id)
    if session.json:
        put_out(job, "", json=True)
        return
    for name, value in job.items():
        if name != "log" and value is not None:
            print(printable(f"{name:<13} {_plain(value)}"))
    for line in job["log"]:
        print(printable(_log_line(line)))


def _plain(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _log_line(line: JobLine) -> str:
    return f"{line['at']}  {line['level']:<7}  {line['text']}"
