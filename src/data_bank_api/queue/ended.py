"""What is over, and old enough to be removed: jobs with their logs, and deliveries to webhooks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from data_bank_api.db.database import Database
from data_bank_api.db.schema import DeliveryRow, JobLogRow, JobRow
from data_bank_api.queue.changes import IS_ENDED


class Ended(Protocol):
    """Rows of a sort that ended before a time."""

    def count(self) -> int:
        """How many there are."""
        ...

    def find(self, limit: int) -> list[str]:
        """The ids of the oldest."""
        ...

    def remove(self, ids: Sequence[str]) -> int:
        """Remove those of these that have ended; how many."""
        ...


@dataclass(frozen=True, slots=True)
class EndedJobs:
    """Of these kinds, or of any."""

    database: Database
    before: datetime
    kinds: tuple[str, ...] | None = None

    def count(self) -> int:
        asked = select(func.count()).where(*self._conditions())
        with self.database.reading() as session:
            return session.scalars(asked).one()

    def find(self, limit: int) -> list[str]:
        asked = select(JobRow.job_id).where(*self._conditions())
        with self.database.reading() as session:
            return list(session.scalars(asked.order_by(JobRow.finished_at).limit(limit)))

    def remove(self, ids: Sequence[str]) -> int:
        with self.database.transaction() as session:
            session.execute(delete(JobLogRow).where(JobLogRow.job_id.in_(_held(session, ids))))
            gone = delete(JobRow).where(JobRow.job_id.in_(ids), IS_ENDED)
            return len(session.scalars(gone.returning(JobRow.job_id)).all())

    def _conditions(self) -> list[ColumnElement[bool]]:
        ended = [IS_ENDED, JobRow.finished_at < self.before]
        return ended if self.kinds is None else [*ended, JobRow.kind.in_(self.kinds)]


@dataclass(frozen=True, slots=True)
class EndedDeliveries:
    database: Database
    before: datetime

    def count(self) -> int:
        asked = select(func.count()).where(DeliveryRow.finished_at < self.before)
        with self.database.reading() as session:
            return session.scalars(asked).one()

    def find(self, limit: int) -> list[str]:
        asked = select(DeliveryRow.delivery_id).where(DeliveryRow.finished_at < self.before)
        with self.database.reading() as session:
            return list(session.scalars(asked.order_by(DeliveryRow.finished_at).limit(limit)))

    def remove(self, ids: Sequence[str]) -> int:
        gone = delete(DeliveryRow).where(DeliveryRow.delivery_id.in_(ids))
        with self.database.transaction() as session:
            return len(session.scalars(gone.returning(DeliveryRow.delivery_id)).all())


def _held(session: Session, job_ids: Sequence[str]) -> list[str]:
    """Those that have ended, locked, so that none is retried by hand meanwhile."""
    asked = select(JobRow.job_id).where(JobRow.job_id.in_(job_ids), IS_ENDED).with_for_update()
    return list(session.scalars(asked))
