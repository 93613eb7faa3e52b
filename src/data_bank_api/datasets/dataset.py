"""A dataset: a table that somebody uploaded, and how far its report is.

It is known by its bytes: the bank has one dataset of each digest.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from data_bank_api.db.schema import DatasetRow
from data_bank_api.queue.place import Place
from data_bank_client.wire.datasets import DatasetStatus
from data_bank_client.wire.digest import Digest


@dataclass(frozen=True, slots=True)
class NewDataset:
    """What is to be a dataset: a file of the bank, by what people call it and what it is.

    The texts are as `naming` and `media_type` give them, `size` in bytes, and the id is its own if
    it is new.
    """

    name: str
    original_filename: str
    content_type: str
    digest: Digest
    size: int
    dataset_id: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A report, as a file in the bank; `size` in bytes."""

    digest: Digest
    size: int


@dataclass(frozen=True, slots=True)
class Dataset:
    """`error` says why it failed. `row_count` and `processed_at` are those of the report.

    `status` is that of the job `latest_job_id`; the report of an earlier one stays until another
    takes its place.
    """

    dataset_id: str
    name: str
    original_filename: str
    content_type: str
    digest: Digest
    size: int
    status: DatasetStatus
    error: str | None
    uploaded_at: datetime
    processed_at: datetime | None
    row_count: int | None
    report: ReportFile | None
    latest_job_id: str | None

    @property
    def place(self) -> Place:
        """In the list, newest first."""
        return Place(self.uploaded_at, self.dataset_id)


def read_dataset(row: DatasetRow) -> Dataset:
    return Dataset(
        dataset_id=row.dataset_id,
        name=row.name,
        original_filename=row.original_filename,
        content_type=row.content_type,
        digest=Digest(row.digest),
        size=row.size,
        status=msgspec.convert(row.status, DatasetStatus),
        error=row.error,
        uploaded_at=row.uploaded_at,
        processed_at=row.processed_at,
        row_count=row.row_count,
        report=_report(row.report, row.report_size),
        latest_job_id=row.latest_job_id,
    )


def _report(digest: str | None, size: int | None) -> ReportFile | None:
    return None if digest is None else ReportFile(Digest(digest), size or 0)


def is_dataset_id(text: str) -> bool:
    """Whether a dataset can have this id: a UUID in lower case, with its hyphens."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
