"""Changes of a job's row, each only where the row is still as the change takes it to be."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from data_bank_api.db.schema import JobRow
from data_bank_api.queue.dataset_status import tell_dataset
from data_bank_api.queue.job import Job, read_row
from data_bank_api.queue.letters import post_event, post_run
from data_bank_api.queue.log_lines import write_line
from data_bank_api.queue.new_events import head, plain
from data_bank_api.queue.tally import EXHAUSTED, count, count_state
from data_bank_client.wire.events import JobFailed
from data_bank_client.wire.jobs import ENDED_STATES, JobError, JobState

# How often a failure is followed by another try.
MOST_RETRIES = 3


def change(
    session: Session, job_id: str, *only_if: ColumnElement[bool], **values: object
) -> Job | None:
    """The job after the change; None where it is not there, or `only_if` does not hold.

    That it comes into another state is counted.
    """
    stated: Mapping[str, object] = values
    wanted = (
        update(JobRow).where(JobRow.job_id == job_id, *only_if).values(stated).returning(JobRow)
    )
    row = session.scalars(wanted).one_or_none()
    if row is None:
        return None
    job = read_row(row)
    if "state" in values:
        if job.dataset_id is not None:
            tell_dataset(session, job)
        count_state(session, job)  # last: many wait for the row that counts
    return job


def is_run(attempt: int) -> ColumnElement[bool]:
    """This very attempt is what is running."""
    return (JobRow.attempts == attempt) & (JobRow.state == "started")


def is_in(*states: JobState) -> ColumnElement[bool]:
    return JobRow.state.in_(states)


def is_waiting(attempt: int) -> ColumnElement[bool]:
    """This very attempt is to be started."""
    return (JobRow.attempts == attempt - 1) & is_in("queued", "retrying")


IS_ENDED = is_in(*ENDED_STATES)


def fail(
    session: Session, job_id: str, only_if: ColumnElement[bool], error: JobError, now: datetime
) -> Job | None:
    """For good: the state, the event and a line of the log."""
    error = _plainly(error)
    failed = change(
        session,
        job_id,
        only_if,
        state="failure",
        error=error,
        finished_at=now,
    )
    if failed is not None:
        if failed.retries >= MOST_RETRIES:
            count(session, failed.kind, EXHAUSTED)
        post_failed(session, failed, error, now)
        write_line(session, job_id, now, "error", f"failed: {error['message']}")
    return failed


def _plainly(error: JobError) -> JobError:
    """A message may hold the name of a file, and that any bytes."""
    return JobError(kind=error["kind"], code=error["code"], message=plain(error["message"]))


def post_failed(session: Session, job: Job, error: JobError, now: datetime) -> None:
    event = JobFailed(
        **head(job.job_id, job.user_id, now),
        error_kind=error["kind"],
        message=error["message"],
    )
    post_event(session, event)


def try_again(
    session: Session,
    job_id: str,
    attempt: int,
    error: JobError,
    due_at: datetime,
    now: datetime,
) -> Job | None:
    """A retry is used up, and the next attempt begins at `due_at`; None where none is left."""
    error = _plainly(error)
    job = change(
        session,
        job_id,
        is_run(attempt) & (JobRow.retries < MOST_RETRIES),
        state="retrying",
        retries=JobRow.retries + 1,
        error=error,
        due_at=due_at,
    )
    if job is not None:
        post_run(session, job_id, attempt + 1, due_at, job.traceparent)
        pause = (due_at - now).total_seconds()
        text = f"retry {job.retries} of {MOST_RETRIES} in {pause:.0f} s: {error['message']}"
        write_line(session, job_id, now, "warning", text)
    return job


def put_back(session: Session, job_id: str, attempt: int, reason: str, now: datetime) -> Job | None:
    """The next attempt begins as soon as a worker is free, and no retry is used up."""
    job = change(session, job_id, is_run(attempt), state="queued", due_at=now)
    if job is not None:
        post_run(session, job_id, attempt + 1, traceparent=job.traceparent)
        write_line(session, job_id, now, "warning", f"put back: {reason}")
    return job
