"""The datasets: added once for each content, looked at, removed, and what becomes of each.

The status follows the latest job (queue/dataset_status.py). What a run writes holds only while it
is that job's latest attempt and is running: one that was cancelled, given up for lost or overtaken
by another job changes nothing any more.

Who holds the row of a job and that of a dataset takes the job's first: so nobody waits for one who
waits.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.orm import Session

from data_bank_api.datasets.dataset import Dataset, NewDataset, ReportFile, read_dataset
from data_bank_api.db.database import Database
from data_bank_api.db.insert import insert_into
from data_bank_api.db.schema import DatasetRow, JobRow
from data_bank_api.queue.changes import is_run
from data_bank_api.queue.clock import Clock, utc_now
from data_bank_api.queue.dataset_status import STATUS_OF, status_by
from data_bank_api.queue.job import Job, read_row
from data_bank_api.queue.place import Place, page_after
from data_bank_client.errors import ConflictError, NotFoundError
from data_bank_client.wire.datasets import DatasetStatus
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.jobs import ACTIVE_STATES


class OvertakenError(ConflictError):
    """Another job makes the report of this dataset, or the run is over."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which datasets a list has: None for any. Times are exclusive, names in any case."""

    statuses: tuple[DatasetStatus, ...] | None = None
    uploaded_before: datetime | None = None
    uploaded_after: datetime | None = None
    name_contains: str | None = None


ANY = Wanted()

_NEW: tuple[DatasetStatus, str | None] = ("uploaded", None)


@dataclass(frozen=True, slots=True)
class Datasets:
    database: Database
    clock: Clock = utc_now

    def add(self, session: Session, new: NewDataset) -> tuple[Dataset, bool]:
        """The dataset of these bytes, and whether it is new; one that was there stays as it was.

        In the caller's transaction, with what else belongs to it: its job.
        """
        values = {
            "dataset_id": new.dataset_id,
            "name": new.name,
            "folded": new.name.casefold(),
            "original_filename": new.original_filename,
            "content_type": new.content_type,
            "digest": new.digest.hex,
            "size": new.size,
            "status": "uploaded",
            "uploaded_at": self.clock(),
        }
        insert = insert_into(session, DatasetRow).values(values)
        wanted = insert.on_conflict_do_nothing(index_elements=["digest"]).returning(DatasetRow)
        row = session.scalars(wanted).one_or_none()
        if row is not None:
            return read_dataset(row), True
        return read_dataset(session.scalars(_of(new.digest)).one()), False

    def get(self, dataset_id: str) -> Dataset:
        """Raises NotFoundError."""
        with self.database.reading() as session:
            row = session.get(DatasetRow, dataset_id)
        if row is None:
            raise _missing()
        return read_dataset(row)

    def find(self, digest: Digest) -> Dataset | None:
        """The dataset of these bytes."""
        with self.database.reading() as session:
            row = session.scalars(_of(digest)).one_or_none()
        return None if row is None else read_dataset(row)

    def newest(self, after: Place | None, limit: int, wanted: Wanted = ANY) -> list[Dataset]:
        """Those after a place, newest first."""
        found = _filtered(wanted)
        ids = DatasetRow.dataset_id
        asked = page_after(after, limit, found, DatasetRow.uploaded_at, ids)
        with self.database.reading() as session:
            if wanted.statuses is None:
                return [read_dataset(row) for row in session.scalars(asked)]
            # One by one: of several at once a database sorts all.
            each = [asked.where(DatasetRow.status == status) for status in wanted.statuses]
            rows = [read_dataset(row) for page in each for row in session.scalars(page)]
        return sorted(rows, key=_age, reverse=True)[:limit]

    def needs(self, digest: Digest, limit: int) -> list[Dataset]:
        """Some of the datasets that a file is needed for: it is theirs, or their report."""
        is_needed = or_(DatasetRow.digest == digest.hex, DatasetRow.report == digest.hex)
        asked = select(DatasetRow).where(is_needed).order_by(DatasetRow.uploaded_at).limit(limit)
        with self.database.reading() as session:
            return [read_dataset(row) for row in session.scalars(asked)]

    def remove(self, dataset_id: str) -> Dataset:
        """Its files stay. What it was at last. Raises NotFoundError."""
        gone = delete(DatasetRow).where(DatasetRow.dataset_id == dataset_id).returning(DatasetRow)
        with self.database.transaction() as session:
            row = session.scalars(gone).one_or_none()
            if row is None:
                raise _missing()
            return read_dataset(row)

    def follow(self, session: Session, dataset_id: str, job_id: str) -> None:
        """From here on its status is that of this job: a new one, or one that is under way.

        Raises NotFoundError.
        """
        asked = select(JobRow).where(JobRow.job_id == job_id).with_for_update()
        job = session.scalars(asked).one_or_none()
        row = session.scalars(hold(dataset_id)).one_or_none()
        if row is None:
            raise _missing()
        row.latest_job_id = job_id
        row.status, row.error = _NEW if job is None else status_by(read_row(job))

    def fail(self, session: Session, dataset_id: str, reason: str) -> None:
        """No job could be asked for. Of one with a job under way the status is that of the job."""
        row = session.scalars(hold(dataset_id)).one_or_none()
        if row is not None and not is_active(session, row.latest_job_id):
            row.status, row.error = "failed", reason

    def take(self, dataset_id: str, job: Job) -> Dataset:
        """This run is to make the report. Raises NotFoundError, OvertakenError."""
        with self.database.transaction() as session:
            _hold_run(session, dataset_id, job)
            row = session.scalars(hold(dataset_id)).one_or_none()
            if row is None:
                raise _missing()
            if row.latest_job_id != job.job_id and is_active(session, row.latest_job_id):
                raise OvertakenError(f"job {row.latest_job_id} makes the report of this dataset")
            row.latest_job_id, row.status, row.error = job.job_id, STATUS_OF["started"], None
            session.flush()
            return read_dataset(row)

    def keep_report(self, dataset_id: str, job: Job, report: ReportFile, rows: int) -> Dataset:
        """The dataset with the report that this run has made. Raises OvertakenError."""
        change = (
            update(DatasetRow)
            .where(DatasetRow.dataset_id == dataset_id, DatasetRow.latest_job_id == job.job_id)
            .values(
                report=report.digest.hex,
                report_size=report.size,
                row_count=rows,
                processed_at=self.clock(),
            )
            .returning(DatasetRow)
        )
        with self.database.transaction() as session:
            _hold_run(session, dataset_id, job)
            row = session.scalars(change).one_or_none()
            if row is None:
                raise OvertakenError("the dataset was removed, or another job makes its report")
            return read_dataset(row)


def _filtered(wanted: Wanted) -> Select[DatasetRow]:
    found = select(DatasetRow)
    if wanted.uploaded_before is not None:
        found = found.where(DatasetRow.uploaded_at < wanted.uploaded_before)
    if wanted.uploaded_after is not None:
        found = found.where(DatasetRow.uploaded_at > wanted.uploaded_after)
    if wanted.name_contains is not None:
        part = wanted.name_contains.casefold()
        found = found.where(DatasetRow.folded.contains(part, autoescape=True))
    return found


def _age(dataset: Dataset) -> tuple[datetime, str]:
    return dataset.place.at, dataset.place.id


def _of(digest: Digest) -> Select[DatasetRow]:
    return select(DatasetRow).where(DatasetRow.digest == digest.hex)


def hold(dataset_id: str) -> Select[DatasetRow]:
    """Nobody else changes it until the transaction ends."""
    return select(DatasetRow).where(DatasetRow.dataset_id == dataset_id).with_for_update()


def _hold_run(session: Session, dataset_id: str, job: Job) -> None:
    """The job is about this dataset, and stays as it is until the transaction ends."""
    change = (
        update(JobRow)
        .where(JobRow.job_id == job.job_id, is_run(job.attempts))
        .values(dataset_id=dataset_id)
        .returning(JobRow.job_id)
    )
    if session.scalars(change).one_or_none() is None:
        raise OvertakenError("this run is over")


def is_active(session: Session, job_id: str | None) -> bool:
    """Whether there is such a job, and it is under way."""
    asked = select(JobRow.job_id).where(JobRow.job_id == job_id, JobRow.state.in_(ACTIVE_STATES))
    return session.scalars(asked).one_or_none() is not None


def _missing() -> NotFoundError:
    return NotFoundError("there is no such dataset")
