"""Datasets that wait for a job which is not there, or is over: what a hand, or a release that did
not know of datasets, has left. They fail, and can be processed again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select

from data_bank_api.datasets.registry import hold, is_active
from data_bank_api.db.database import Database
from data_bank_api.db.schema import DatasetRow, JobRow
from data_bank_client.wire.jobs import ACTIVE_STATES

BATCH = 500
_WAITING = ("uploaded", "processing")
JOB_GONE = "its job is gone: process it again"


@dataclass(frozen=True, slots=True)
class Stalled:
    """Of datasets that were uploaded before a time."""

    says = "a dataset waits for a job that is gone"

    database: Database
    before: datetime

    def find(self) -> Iterator[str]:
        """The ids of the datasets."""
        asked = select(DatasetRow.dataset_id).where(*self._conditions())
        asked = asked.order_by(DatasetRow.dataset_id).limit(BATCH)
        after = ""
        while True:
            with self.database.reading() as session:
                ids = session.scalars(asked.where(DatasetRow.dataset_id > after)).all()
            if not ids:
                return
            yield from ids
            after = ids[-1]

    def settle(self, dataset_id: str) -> bool:
        with self.database.transaction() as session:
            row = session.scalars(hold(dataset_id)).one_or_none()
            if row is None or row.status not in _WAITING or is_active(session, row.latest_job_id):
                return False
            row.status, row.error = "failed", JOB_GONE
            return True

    def _conditions(self) -> tuple[ColumnElement[bool], ...]:
        is_under_way = exists().where(
            JobRow.job_id == DatasetRow.latest_job_id, JobRow.state.in_(ACTIVE_STATES)
        )
        waits = DatasetRow.status.in_(_WAITING)
        return DatasetRow.uploaded_at < self.before, waits, ~is_under_way
