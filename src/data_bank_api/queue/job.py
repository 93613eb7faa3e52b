"""A job as the table has it, and what is asked of the table."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from data_bank_api.db.schema import JobRow
from data_bank_api.queue.place import Place
from data_bank_client.wire.jobs import JobAnswer, JobError, JobResult, JobState
from data_bank_client.wire.times import format_time


@dataclass(frozen=True, slots=True)
class NewJob:
    """What is to be done. Without a key, the kind and its arguments are the key."""

    kind: str
    arguments: dict[str, object]
    key: str | None = None
    user_id: int = 0
    dataset_id: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A job. `attempts` counts its starts, `retries` those of them that a failure cost it.

    `traceparent` is the span in which it was asked for, where that was traced.
    """

    job_id: str
    kind: str
    arguments: dict[str, object]
    key: str
    state: JobState
    progress: float
    message: str | None
    attempts: int
    retries: int
    queued_at: datetime
    due_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    result: JobResult | None
    error: JobError | None
    user_id: int
    dataset_id: str | None
    traceparent: str | None

    @property
    def place(self) -> Place:
        """Where it stands in the list of jobs."""
        return Place(self.queued_at, self.job_id)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which jobs a list has: None for any. Times are exclusive. `keys` are those of `key.py`, and
    found among jobs of `kinds`."""

    states: tuple[JobState, ...] | None = None
    kinds: tuple[str, ...] | None = None
    keys: tuple[str, ...] | None = None
    dataset_id: str | None = None
    queued_before: datetime | None = None
    queued_after: datetime | None = None


def read_row(row: JobRow) -> Job:
    return Job(
        job_id=row.job_id,
        kind=row.kind,
        arguments=row.arguments,
        key=row.key,
        state=msgspec.convert(row.state, JobState),
        progress=row.progress,
        message=row.message,
        attempts=row.attempts,
        retries=row.retries,
        queued_at=row.queued_at,
        due_at=row.due_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        result=msgspec.convert(row.result, JobResult | None),
        error=msgspec.convert(row.error, JobError | None),
        user_id=row.user_id,
        dataset_id=row.dataset_id,
        traceparent=row.traceparent,
    )


def tell(job: Job) -> JobAnswer:
    """The job on the wire."""
    return JobAnswer(
        job_id=job.job_id,
        kind=job.kind,
        arguments=job.arguments,
        key=job.key,
        state=job.state,
        progress=job.progress,
        message=job.message,
        attempts=job.attempts,
        queued_at=format_time(job.queued_at),
        started_at=_told(job.started_at),
        finished_at=_told(job.finished_at),
        result=job.result,
        error=job.error,
        user_id=job.user_id,
        dataset_id=job.dataset_id,
    )


def _told(moment: datetime | None) -> str | None:
    return None if moment is None else format_time(moment)
