"""How jobs are told to people: a line each, at 100 columns too."""

import shutil
import sys

from rich.cells import cell_len, set_cell_size

from data_bank_client.cli.show import printable
from data_bank_client.wire.jobs import JobAnswer


def job_line(job: JobAnswer) -> str:
    """Id, state, progress, when it was asked for, kind, and the latest there is to say."""
    progress, asked = percent(job["progress"]), short_time(job["queued_at"])
    line = f"{job['job_id']}  {job['state']:<9}  {progress}  {asked}  {job['kind']}  {note(job)}"
    return fitting(line.rstrip())


def note(job: JobAnswer) -> str:
    """What was wrong with it, what it made, or how far it is: the first that there is."""
    if job["error"] is not None and job["state"] != "cancelled":
        return job["error"]["message"]
    if job["result"] is not None and job["result"]["result_id"] is not None:
        return job["result"]["result_id"]
    return "" if job["state"] == "success" else job["message"] or ""


def percent(progress: float) -> str:
    return f"{progress:>3.0f} %"


def short_time(moment: str) -> str:
    """RFC 3339 without the fractions of a second."""
    return f"{moment[:19]}Z"


def fitting(line: str) -> str:
    """The line; on a terminal that is narrower, its beginning."""
    shown = printable(line)
    if not sys.stdout.isatty():
        return shown
    columns = shutil.get_terminal_size().columns
    return shown if cell_len(shown) <= columns else set_cell_size(shown, columns - 1) + "…"
