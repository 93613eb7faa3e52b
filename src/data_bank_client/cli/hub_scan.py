"""`databank hub scan`: take the files of a folder of the server into the bank."""

from typing import Annotated

from cyclopts import Parameter

from data_bank_client.cli.hub_lines import hub_job_line
from data_bank_client.cli.hub_scan_lines import scan_lines
from data_bank_client.cli.job_watch import watch_to_end
from data_bank_client.cli.session import DEFAULT, Session
from data_bank_client.cli.show import show


def scan(
    path: str,
    /,
    *,
    watch: Annotated[bool, Parameter(negative="")] = False,
    session: Session = DEFAULT,
) -> None:
    """Take the files of a folder of the server into the bank, and print the job that does it.

    Parameters
    ----------
    path
        Relative to one of the server's SCAN_ROOTS, or absolute below one; `.` is all of the first.
    watch
        Watch it until it ends, as `databank jobs watch` does.
    """
    with session.client() as bank:
        job = bank.scan_folder(path)
        show(job, hub_job_line(job), json=session.json)
        if watch:
            watch_to_end(bank, job["job_id"], json=session.json)
        if watch and not session.json:
            for line in scan_lines(bank.get_job(job["job_id"])):
                print(line)
