"""The jobs: asked for, looked at, cancelled, retried. Every change is one transaction.

A job that is asked for is its row and a letter to the workers' queue, both or neither. Of two who
ask for the same at once, one makes the job and both get it: the table's partial unique index on
the key of active jobs decides.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from data_bank_api.db.database import Database
from data_bank_api.db.schema import IS_ACTIVE, JobRow, OutboxRow
from data_bank_api.queue.changes import change, is_in, post_failed
from data_bank_api.queue.clock import Clock, utc_now
from data_bank_api.queue.job import Job, NewJob, Wanted, read_row
from data_bank_api.queue.key import key_of
from data_bank_api.queue.letters import post_run
from data_bank_api.queue.log_lines import read_lines, trim_lines, write_line
from data_bank_api.queue.place import Place, page_after
from data_bank_api.queue.tally import count_state
from data_bank_api.tracing.span import traceparent
from data_bank_client.errors import ConflictError, JobNotFoundError, ServiceUnavailableError
from data_bank_client.wire.events import CANCELLED
from data_bank_client.wire.jobs import ACTIVE_STATES, JobError, JobLine

# What is to be there with a job, or not at all: it is written in the job's own transaction, and is
# told the job's id.
Beside = Callable[[Session, str], object]

# Who asks and finds an active job that ends before it is looked at, asks again.
_TRIES = 10


def nothing(_session: Session, _job_id: str) -> None:
    """Most jobs come alone."""


@dataclass(frozen=True, slots=True)
class Jobs:
    database: Database
    clock: Clock = utc_now

    def enqueue(self, asked: NewJob, beside: Beside = nothing) -> Job:
        """The job that is made, or the active one that has its key.

        Raises ConflictError where that is of another kind, and what `beside` raises: then there is
        no new job either.
        """
        key = key_of(asked.kind, asked.arguments) if asked.key is None else asked.key
        for _ in range(_TRIES):
            found = self._active(key)
            if found is not None:
                return self._join(_same_kind(found, asked), beside)
            try:
                return self._insert(uuid.uuid4().hex, asked, key, beside)
            except IntegrityError:
                continue  # another was first, in the meantime
        raise ServiceUnavailableError("too many ask for this job at once: try again soon")

    def enqueue_once(self, job_id: str, asked: NewJob) -> Job:
        """The job of this very id, be it made now or before: asked again, it stays one.

        Raises ConflictError where another job has the id or, while it is under way, the key.
        """
        key = key_of(asked.kind, asked.arguments) if asked.key is None else asked.key
        try:
            return self._insert(job_id, asked, key, nothing)
        except IntegrityError as error:
            found = self.find(job_id)
            if found is None or (found.kind, found.key) != (asked.kind, key):
                raise ConflictError("there is another job of this id or key") from error
            return found

    def get(self, job_id: str) -> Job:
        """Raises JobNotFoundError."""
        with self.database.reading() as session:
            return _get(session, job_id)

    def find(self, job_id: str) -> Job | None:
        """None where it is not there, or not any more."""
        with self.database.reading() as session:
            row = session.get(JobRow, job_id)
            return None if row is None else read_row(row)

    def get_with_log(self, job_id: str) -> tuple[Job, list[JobLine]]:
        """The job and the lines of its log. Raises JobNotFoundError."""
        with self.database.reading() as session:
            return _get(session, job_id), read_lines(session, job_id)

    def list(self, wanted: Wanted, after: Place | None, limit: int) -> list[Job]:
        """Newest first, those after a place."""
        found = select(JobRow).where(*_conditions(wanted))
        asked = page_after(after, limit, found, JobRow.queued_at, JobRow.job_id)
        with self.database.reading() as session:
            if wanted.kinds is None:
                return [read_row(row) for row in session.scalars(asked)]
            # One by one: of several at once a database sorts all, and there may be millions.
            pages = [session.scalars(asked.where(JobRow.kind == kind)) for kind in wanted.kinds]
            rows = [read_row(row) for page in pages for row in page]
        return sorted(rows, key=_age, reverse=True)[:limit]

    def is_under_way(self, kind: str, arguments: dict[str, object]) -> bool:
        """Whether such a job is active, of those that were asked for without a key."""
        return self._active(key_of(kind, arguments)) is not None

    def cancel(self, job_id: str) -> Job:
        """Whatever is running of it stops soon. Raises JobNotFoundError, ConflictError."""
        with self.database.transaction() as session:
            now = self.clock()
            job = change(session, job_id, is_in(*ACTIVE_STATES), state="cancelled", finished_at=now)
            if job is None:
                return _cancelled_before(_get(session, job_id))
            session.execute(
                delete(OutboxRow).where(OutboxRow.job_id == job_id, OutboxRow.topic == "run")
            )
            error = JobError(kind="user", code=ConflictError.code, message=CANCELLED)
            post_failed(session, job, error, now)
            write_line(session, job_id, now, "warning", CANCELLED)
            return job

    def retry(self, job_id: str) -> Job:
        """Begin anew a job that failed or was cancelled. Raises JobNotFoundError, ConflictError."""
        try:
            with self.database.transaction() as session:
                return self._begin_anew(session, job_id)
        except IntegrityError as error:
            raise ConflictError("another job with the same key is under way") from error

    def _begin_anew(self, session: Session, job_id: str) -> Job:
        now = self.clock()
        job = change(
            session,
            job_id,
            is_in("failure", "cancelled"),
            state="queued",
            progress=0.0,
            message=None,
            retries=0,
            due_at=now,
            finished_at=None,
            error=None,
            traceparent=traceparent(),
        )
        if job is None:
            state = _get(session, job_id).state
            raise ConflictError(f"the job is {state}: only a failed or cancelled one is retried")
        post_run(session, job_id, job.attempts + 1, traceparent=job.traceparent)
        write_line(session, job_id, now, "info", "queued again, as was asked")
        trim_lines(session, job_id)  # it may be asked again and again
        return job

    def _active(self, key: str) -> Job | None:
        with self.database.reading() as session:
            row = session.scalars(with_key(key)).one_or_none()
            return None if row is None else read_row(row)

    def _join(self, job: Job, beside: Beside) -> Job:
        with self.database.transaction() as session:
            beside(session, job.job_id)
        return job

    def _insert(self, job_id: str, asked: NewJob, key: str, beside: Beside) -> Job:
        now = self.clock()
        row = JobRow(
            job_id=job_id,
            kind=asked.kind,
            arguments=asked.arguments,
            key=key,
            state="queued",
            progress=0.0,
            attempts=0,
            retries=0,
            beat=0,
            queued_at=now,
            due_at=now,
            user_id=asked.user_id,
            dataset_id=asked.dataset_id,
            traceparent=traceparent(),
        )
        with self.database.transaction() as session:
            session.add(row)
            session.flush()
            beside(session, job_id)  # a job's row is taken before what it is about, by everybody
            post_run(session, row.job_id, 1, traceparent=row.traceparent)
            write_line(session, row.job_id, now, "info", "queued")
            job = read_row(row)
            count_state(session, job)
            return job


def _age(job: Job) -> tuple[datetime, str]:
    return job.queued_at, job.job_id


def with_key(key: str) -> Select[JobRow]:
    """Asks for the active job that has a key; there is one at most."""
    return select(JobRow).where(JobRow.key == key, IS_ACTIVE)


def _get(session: Session, job_id: str) -> Job:
    row = session.get(JobRow, job_id)
    if row is None:
        raise JobNotFoundError("there is no such job")
    return read_row(row)


def _same_kind(found: Job, asked: NewJob) -> Job:
    if found.kind != asked.kind:
        raise ConflictError(f"this key is that of a job of kind {found.kind}, which is under way")
    return found


def _cancelled_before(job: Job) -> Job:
    if job.state != "cancelled":
        raise ConflictError(f"the job has ended: {job.state}")
    return job


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.states is not None:
        conditions.append(is_in(*wanted.states))
    if wanted.keys is not None:
        conditions.append(JobRow.key.in_(wanted.keys))
    if wanted.dataset_id is not None:
        conditions.append(JobRow.dataset_id == wanted.dataset_id)
    if wanted.queued_before is not None:
        conditions.append(JobRow.queued_at < wanted.queued_before)
    if wanted.queued_after is not None:
        conditions.append(JobRow.queued_at > wanted.queued_after)
    return conditions
