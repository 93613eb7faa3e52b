"""Datasets whose report, or whose own file, the bank has no more.

    LostReports    the row forgets the report, and says so: it can be made again
    LostFiles      told, and nothing else: who has the file uploads it again

A damaged file counts as there, since an upload heals it.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from sqlalchemy import delete, select, update

from data_bank_api.blobs.store import BlobReader
from data_bank_api.datasets.dataset import Dataset, read_dataset
from data_bank_api.datasets.report_files import is_in_bank
from data_bank_api.db.database import Database
from data_bank_api.db.schema import DatasetRow, ReportFileRow
from data_bank_client.wire.digest import Digest

BATCH = 500
# Datasets that one look takes, each with a look at the store. It begins anywhere: who looks again
# and again has seen all of them in the end.
LOOKED_AT = 20_000
NO_REPORT = "its report is not in the bank any more: process it again"


@dataclass(frozen=True, slots=True)
class LostReports:
    """Of reports that were made before a time."""

    says = "the report of a dataset is gone"

    database: Database
    store: BlobReader
    before: datetime
    begin: str = field(default_factory=lambda: str(uuid.uuid4()))

    def find(self) -> Iterator[str]:
        """The ids of the datasets."""
        for each in some_datasets(self.database, self.begin):
            if self._lost(each) is not None:
                yield each.dataset_id

    def settle(self, dataset_id: str) -> bool:
        with self.database.reading() as session:
            row = session.get(DatasetRow, dataset_id)
        lost = None if row is None else self._lost(read_dataset(row))
        return lost is not None and self._forget(dataset_id, lost)

    def _lost(self, dataset: Dataset) -> Digest | None:
        made = dataset.processed_at
        if dataset.report is None or made is None or made >= self.before:
            return None
        digest = dataset.report.digest
        return None if is_in_bank(self.store, digest) else digest

    def _forget(self, dataset_id: str, lost: Digest) -> bool:
        """Not one that was made again since it was looked for."""
        change = (
            update(DatasetRow)
            .where(DatasetRow.dataset_id == dataset_id, DatasetRow.report == lost.hex)
            .where(DatasetRow.processed_at < self.before)
            .values(report=None, report_size=None, row_count=None, processed_at=None)
            .returning(DatasetRow.dataset_id)
        )
        with self.database.transaction() as session:
            if session.scalars(change).one_or_none() is None:
                return False
            session.execute(
                update(DatasetRow)
                .where(DatasetRow.dataset_id == dataset_id, DatasetRow.status == "done")
                .values(status="failed", error=NO_REPORT)
            )
            gone = delete(ReportFileRow).where(ReportFileRow.digest == lost.hex)
            session.execute(gone.where(ReportFileRow.made_at < self.before))
            return True


@dataclass(frozen=True, slots=True)
class LostFiles:
    """Of datasets that were uploaded before a time."""

    says = "the file of a dataset is gone"

    database: Database
    store: BlobReader
    before: datetime
    begin: str = field(default_factory=lambda: str(uuid.uuid4()))

    def find(self) -> Iterator[str]:
        """The ids of the datasets."""
        for each in some_datasets(self.database, self.begin):
            if each.uploaded_at < self.before and not is_in_bank(self.store, each.digest):
                yield each.dataset_id

    def settle(self, _dataset_id: str) -> bool:
        """Nobody here can."""
        return True


def some_datasets(database: Database, begin: str, most: int = LOOKED_AT) -> Iterator[Dataset]:
    """Those behind an id, in the order of ids, and then those before it."""
    return islice(_around(database, begin), most)


def _around(database: Database, begin: str) -> Iterator[Dataset]:
    yield from _between(database, begin, None)
    yield from _between(database, "", begin)


def _between(database: Database, after: str, stop: str | None) -> Iterator[Dataset]:
    asked = select(DatasetRow).order_by(DatasetRow.dataset_id).limit(BATCH)
    if stop is not None:
        asked = asked.where(DatasetRow.dataset_id <= stop)
    while True:
        with database.reading() as session:
            rows = session.scalars(asked.where(DatasetRow.dataset_id > after)).all()
        if not rows:
            return
        yield from map(read_dataset, rows)
        after = rows[-1].dataset_id
