"""Watching a job from the command line: to its end, which is the exit code, or until Ctrl-C."""

import sys

import msgspec

from data_bank_client.calls.watching import Watched
from data_bank_client.cli.job_bar import job_bar
from data_bank_client.cli.job_ends import require_success
from data_bank_client.cli.job_lines import job_line
from data_bank_client.cli.show import show
from data_bank_client.client import DataBankClient
from data_bank_client.wire.events import JobCompleted, JobFailed, JobProgress, JobStarted
from data_bank_client.wire.jobs import JobDetail


def watch_to_end(bank: DataBankClient, job_id: str, *, json: bool) -> None:
    """Show the job's steps. Raises the error that its end is, if it is one."""
    try:
        job = _for_machines(bank, job_id) if json else _for_people(bank, job_id)
    except KeyboardInterrupt:
        if not json:
            print(f"databank: the job goes on: databank jobs watch {job_id}", file=sys.stderr)
        raise
    require_success(job)


def _for_people(bank: DataBankClient, job_id: str) -> JobDetail:
    job = bank.get_job(job_id)
    with job_bar() as tell:
        for seen in bank.watch_job(job_id):
            if is_news(job, seen):
                job, at = after(job, seen)
                tell(job, at)
    print(job_line(job))
    return job


def _for_machines(bank: DataBankClient, job_id: str) -> JobDetail:
    """A line of JSON for each step, as `watch_job` gives them."""
    job = bank.get_job(job_id)
    for seen in bank.watch_job(job_id):
        show(msgspec.convert(msgspec.to_builtins(seen), dict[str, object]), "", json=True)
        job, _ = after(job, seen)
    return job


def is_news(job: JobDetail, seen: Watched) -> bool:
    """Whether people are to be told: not of a step before the job as they see it.

    Events begin with the oldest that is kept, and a look may be ahead of them. Shown again, they
    would have the job go back, and then be faster than it is. A start has the
    time of its line in the log.
    """
    if isinstance(seen, JobProgress) and seen.progress < job["progress"]:
        return False
    latest = max((line["at"] for line in job["log"]), default="")
    return isinstance(seen, dict) or seen.at > latest


def after(job: JobDetail, seen: Watched) -> tuple[JobDetail, str | None]:
    """The job as this tells of it, and when it was so, None for now.

    Of an end the look after it tells more.
    """
    following = job.copy()
    match seen:
        case JobStarted():
            following["state"], following["message"] = "started", None
        case JobProgress():
            following["state"], following["progress"] = "started", seen.progress
            following["message"] = None if seen.message is msgspec.UNSET else seen.message
        case JobCompleted() | JobFailed():
            pass
        case _:
            return seen, seen["finished_at"]
    return following, seen.at
