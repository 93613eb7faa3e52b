"""What keeps the table and the world together: lost runs, and jobs that nobody delivers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from data_bank_api.db.database import Database
from data_bank_api.db.schema import JobRow, OutboxRow
from data_bank_api.queue.changes import (
    change,
    fail,
    is_in,
    is_run,
    is_waiting,
    put_back,
    try_again,
)
from data_bank_api.queue.clock import Clock, utc_now
from data_bank_api.queue.job import Job, read_row
from data_bank_api.queue.letters import post_run
from data_bank_api.queue.log_lines import write_line
from data_bank_api.queue.tally import LOST, count
from data_bank_client.errors import InternalError
from data_bank_client.wire.jobs import ACTIVE_STATES, JobError

# A job that ended the process it ran in could do so again at once.
_LOST_PAUSE = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Beat:
    """A sign of life of a run: it grows as long as the run lives."""

    job_id: str
    attempt: int
    beat: int


@dataclass(frozen=True, slots=True)
class Upkeep:
    database: Database
    clock: Clock = utc_now

    def running(self) -> list[Beat]:
        """Every run there is, of any worker."""
        asked = select(JobRow.job_id, JobRow.attempts, JobRow.beat).where(is_in("started"))
        with self.database.reading() as session:
            return [Beat(job_id, attempt, beat) for job_id, attempt, beat in session.execute(asked)]

    def lost(self, job_id: str, attempt: int, reason: str, *, beat: int | None = None) -> bool:
        """Nobody runs this attempt any more: retried, or failed where no retry is left.

        False where it is not what is running, or has beaten since `beat`.
        """
        now = self.clock()
        error = JobError(kind="system", code=InternalError.code, message=f"lost: {reason}")
        with self.database.transaction() as session:
            if beat is not None and _beat_of(session, job_id) != beat:
                return False
            job = try_again(session, job_id, attempt, error, now + _LOST_PAUSE, now)
            if job is None:
                job = fail(session, job_id, is_run(attempt), error, now)
            if job is not None:
                count(session, job.kind, LOST)
            return job is not None

    def put_back(self, job_id: str, attempt: int, reason: str) -> bool:
        """A stop has ended this attempt: another begins. False where it is not what is running."""
        with self.database.transaction() as session:
            return put_back(session, job_id, attempt, reason, self.clock()) is not None

    def waiting(self, before: datetime, after_id: str, limit: int) -> list[Job]:
        """Jobs due before a time of which the outbox holds no letter, in the order of their ids."""
        letter = exists().where(OutboxRow.job_id == JobRow.job_id, OutboxRow.topic == "run")
        asked = (
            select(JobRow)
            .where(is_in("queued", "retrying"), JobRow.due_at < before, ~letter)
            .where(JobRow.job_id > after_id)
            .order_by(JobRow.job_id)
            .limit(limit)
        )
        with self.database.reading() as session:
            return [read_row(row) for row in session.scalars(asked)]

    def next_attempts(self, job_ids: Collection[str]) -> dict[str, int]:
        """The attempts that those of these jobs wait for that wait."""
        asked = select(JobRow.job_id, JobRow.attempts).where(
            JobRow.job_id.in_(job_ids), is_in("queued", "retrying")
        )
        with self.database.reading() as session:
            return {job_id: attempts + 1 for job_id, attempts in session.execute(asked)}

    def was_asked(self, kind: str, key: str) -> bool:
        """Whether there is a job of the kind with this key, ended ones too."""
        asked = select(exists().where(JobRow.kind == kind, JobRow.key == key))
        with self.database.reading() as session:
            return session.scalars(asked).one()

    def redeliver(self, job_id: str, attempt: int, reason: str) -> bool:
        """Write the letter once more; False where that attempt is not to be started any more."""
        with self.database.transaction() as session:
            now = self.clock()
            job = change(session, job_id, is_waiting(attempt), due_at=now)
            if job is not None:
                post_run(session, job_id, attempt, traceparent=job.traceparent)
                write_line(session, job_id, now, "warning", f"queued once more: {reason}")
            return job is not None

    def vain_letters(self, after_id: int, limit: int) -> list[int]:
        """The ids of letters that would start a job which is over, or is not there."""
        active = exists().where(JobRow.job_id == OutboxRow.job_id, is_in(*ACTIVE_STATES))
        asked = (
            select(OutboxRow.letter_id)
            .where(OutboxRow.topic == "run", OutboxRow.letter_id > after_id, ~active)
            .order_by(OutboxRow.letter_id)
            .limit(limit)
        )
        with self.database.reading() as session:
            return list(session.scalars(asked))


def _beat_of(session: Session, job_id: str) -> int | None:
    """Locked, so that it does not beat meanwhile."""
    asked = select(JobRow.beat).where(JobRow.job_id == job_id).with_for_update()
    return session.scalars(asked).one_or_none()
