"""Claims: the right to run one attempt of a job, and to say how it goes.

An attempt is started once at most, however often it is delivered. Whatever a run writes counts
only while the job is started and that attempt is its latest: a run that was cancelled, or given
up for lost, can change nothing any more, and is told so by False.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func
from sqlalchemy.orm import Session

from data_bank_api.db.database import Database
from data_bank_api.db.schema import JobRow
from data_bank_api.queue.changes import change, fail, is_run, is_waiting, put_back, try_again
from data_bank_api.queue.clock import Clock, utc_now
from data_bank_api.queue.job import Job
from data_bank_api.queue.letters import post_event
from data_bank_api.queue.log_lines import trim_lines, write_line
from data_bank_api.queue.new_events import Progress, head, progress_event
from data_bank_client.wire.events import JobCompleted, JobStarted
from data_bank_client.wire.jobs import JobError, JobResult, Level

# So many lines of a run are written before the oldest of its job are removed.
_TRIM_EVERY = 100
# When it was is told by the database: no clocks of two machines are compared.
_SIGN_OF_LIFE: Mapping[str, object] = {"beat": JobRow.beat + 1, "beat_at": func.now()}


@dataclass(frozen=True, slots=True)
class Claims:
    database: Database
    clock: Clock = utc_now

    def claim(self, job_id: str, attempt: int) -> "Claim | None":
        """Start the attempt; None where it is not, or not any more, to be started."""
        now = self.clock()
        with self.database.transaction() as session:
            job = change(
                session,
                job_id,
                is_waiting(attempt),
                state="started",
                attempts=attempt,
                started_at=now,
                beat_at=func.now(),
                error=None,
            )
            if job is None:
                return None
            post_event(session, JobStarted(**head(job_id, job.user_id, now)))
            write_line(session, job_id, now, "info", f"attempt {attempt} begins")
        return Claim(self.database, self.clock, job)


class Claim:
    """The run of one attempt; `job` is as it was when it began."""

    def __init__(self, database: Database, clock: Clock, job: Job) -> None:
        self.job = job
        self._database = database
        self._clock = clock
        self._lines = 0

    def beat(self, newest: Progress | None = None) -> bool:
        """A sign of life, with the newest progress where there is some to tell."""
        with self._database.transaction() as session:
            values = dict(_SIGN_OF_LIFE)
            if newest is not None:
                values |= {"progress": newest.percent, "message": newest.message}
            job = self._change(session, **values)
            if job is not None and newest is not None:
                now = self._clock()
                begin = head(job.job_id, job.user_id, now)
                post_event(session, progress_event(begin, newest))
            return job is not None

    def log(self, level: Level, text: str) -> bool:
        """A line for the people who wait for the job."""
        with self._database.transaction() as session:
            if self._change(session, **_SIGN_OF_LIFE) is None:
                return False
            write_line(session, self.job.job_id, self._clock(), level, text)
            self._lines += 1
            if self._lines % _TRIM_EVERY == 0:
                trim_lines(session, self.job.job_id)
            return True

    def succeed(self, result: JobResult) -> bool:
        with self._database.transaction() as session:
            now = self._clock()
            job = self._change(
                session,
                state="success",
                progress=100.0,
                message=None,  # it told how far it was
                result=result,
                finished_at=now,
            )
            if job is not None:
                event = JobCompleted(
                    **head(job.job_id, job.user_id, now),
                    result_id=result["result_id"],
                    result_bytes=result["result_bytes"],
                )
                post_event(session, event)
                write_line(session, job.job_id, now, "info", "done")
            return job is not None

    def fail(self, error: JobError) -> bool:
        """For good."""
        with self._database.transaction() as session:
            mine = is_run(self.job.attempts)
            return fail(session, self.job.job_id, mine, error, self._clock()) is not None

    def retry(self, error: JobError, pause: float) -> bool:
        """Another attempt begins in `pause` seconds. False also where no retry is left."""
        with self._database.transaction() as session:
            now = self._clock()
            due_at = now + timedelta(seconds=pause)
            attempt = self.job.attempts
            return try_again(session, self.job.job_id, attempt, error, due_at, now) is not None

    def put_back(self, reason: str) -> bool:
        """It was stopped for no fault of its own: another worker takes it, and no retry is used."""
        with self._database.transaction() as session:
            attempt, now = self.job.attempts, self._clock()
            return put_back(session, self.job.job_id, attempt, reason, now) is not None

    def _change(self, session: Session, **values: object) -> Job | None:
        return change(session, self.job.job_id, is_run(self.job.attempts), **values)
