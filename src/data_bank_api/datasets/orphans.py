"""Reports that no dataset has: those of datasets that were removed or made anew, and of runs that
were killed before they could say that they had stored one.

Only what a report brought in is removed, and not before a safety window is over: a run that stores
a report once more begins the window anew.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from data_bank_api.blobs.store import BlobRemover
from data_bank_api.db.database import Database
from data_bank_api.db.schema import DatasetRow, ReportFileRow
from data_bank_client.wire.digest import Digest

BATCH = 500


@dataclass(frozen=True, slots=True)
class OrphanReports:
    """Those stored before a time. What `is_needed` for something else becomes an ordinary file."""

    says = "a report that no dataset has"

    database: Database
    store: BlobRemover
    before: datetime
    is_needed: Callable[[Digest], bool]

    def find(self) -> Iterator[str]:
        """Their digests."""
        asked = select(ReportFileRow.digest).where(*self._conditions())
        asked = asked.order_by(ReportFileRow.digest).limit(BATCH)
        after = ""
        while True:
            with self.database.reading() as session:
                digests = session.scalars(asked.where(ReportFileRow.digest > after)).all()
            if not digests:
                return
            yield from digests
            after = digests[-1]

    def settle(self, digest: str) -> bool:
        """The row is held meanwhile: a run that stores this report waits, and does so after."""
        is_needed = self.is_needed(Digest(digest))
        with self.database.transaction() as session:
            row = self._hold(session, digest)
            if row is None:
                return False
            if not is_needed:
                self.store.remove(Digest(digest))
            session.delete(row)
        return not is_needed

    def _hold(self, session: Session, digest: str) -> ReportFileRow | None:
        asked = select(ReportFileRow).where(ReportFileRow.digest == digest, *self._conditions())
        return session.scalars(asked.with_for_update()).one_or_none()

    def _conditions(self) -> tuple[ColumnElement[bool], ...]:
        is_had = exists().where(DatasetRow.report == ReportFileRow.digest)
        return ReportFileRow.made_at < self.before, ~is_had
