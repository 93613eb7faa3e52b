"""The tally: what became of jobs, counted in the very transactions that made it so.

    what                                 counted when                            seconds
    queued ... cancelled                 a job comes into that state             see `_took`
    exhausted                            it failed, and no retry was left
    lost                                 a run gave no sign of life any more
    scanned:<heap>, cleaned:, ...        upkeep has gone through a heap of old or lost things

So a count is exact, falls never, and outlives every process. A row is one number of one kind: who
changes the same at once takes turns, for as long as a commit takes.
"""

from bisect import bisect_left
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_bank_api.db.database import Database, DatabaseAwayError
from data_bank_api.db.insert import insert_into
from data_bank_api.db.schema import JobTallyRow
from data_bank_api.queue.job import Job

EXHAUSTED, LOST = "exhausted", "lost"
# Seconds. What is counted lies by the number of its bound: only more may be put at the end.
BOUNDS = (0.1, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 14400.0, 86400.0)


@dataclass(frozen=True, slots=True)
class Counted:
    """A row: `bucket` is the number of the first of BOUNDS that was enough, or their count."""

    kind: str
    what: str
    bucket: int
    count: int
    seconds: float


def count(
    session: Session, kind: str, what: str, times: int = 1, took: timedelta = timedelta()
) -> None:
    """Once more, or more often. Clocks of two machines may say that it took less than nothing."""
    seconds = max(0.0, took.total_seconds())
    row = {"kind": kind, "what": what, "bucket": bisect_left(BOUNDS, seconds)}
    new = insert_into(session, JobTallyRow).values({**row, "count": times, "seconds": seconds})
    grown = {
        "count": JobTallyRow.count + new.excluded["count"],
        "seconds": JobTallyRow.seconds + new.excluded["seconds"],
    }
    session.execute(new.on_conflict_do_update(index_elements=list(row), set_=grown))


def count_state(session: Session, job: Job) -> None:
    """A job has come into the state that it is in."""
    count(session, job.kind, job.state, took=_took(job))


def _took(job: Job) -> timedelta:
    """Into `started` what it waited since it was due, into an end what its last run took."""
    if job.state == "started" and job.started_at is not None:
        return job.started_at - job.due_at
    if job.state in ("success", "failure") and job.started_at and job.finished_at:
        return job.finished_at - job.started_at
    return timedelta()


@dataclass(slots=True)
class Heap:
    """How upkeep went through one: what it did not clean it has left as it was."""

    scanned: int = 0
    cleaned: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    database: Database

    @contextmanager
    def going_through(self, kind: str, name: str) -> Generator[Heap]:
        """Count what is said of a heap within; `failed` is counted where that ends by an error."""
        heap = Heap()
        try:
            yield heap
        except Exception:
            with suppress(DatabaseAwayError):
                self._add(kind, name, failed=1)
            raise
        skipped = heap.scanned - heap.cleaned
        self._add(kind, name, scanned=heap.scanned, cleaned=heap.cleaned, skipped=skipped)

    def read(self) -> list[Counted]:
        """All there is: some numbers for each kind. Raises DatabaseAwayError."""
        with self.database.reading() as session:
            return [
                Counted(row.kind, row.what, row.bucket, row.count, row.seconds)
                for row in session.scalars(select(JobTallyRow))
            ]

    def _add(self, kind: str, heap: str, **counts: int) -> None:
        with self.database.transaction() as session:
            for outcome, times in counts.items():
                count(session, kind, f"{outcome}:{heap}", times)
