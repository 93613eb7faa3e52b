"""Datasets and the jobs that make their reports: both are there, or neither is.

A dataset has one job under way at most: who asks again gets that one. Where no job can be queued
the dataset says why.
"""

from contextlib import suppress
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from data_bank_api.blobs.store import BlobReader
from data_bank_api.datasets.dataset import Dataset, NewDataset
from data_bank_api.datasets.registry import Datasets
from data_bank_api.datasets.report_files import can_be_read
from data_bank_api.db.database import DatabaseAwayError
from data_bank_api.jobs.kinds.dataset_process import DatasetProcess, result_of
from data_bank_api.jobs.kinds.table import arguments_of
from data_bank_api.queue.job import Job, NewJob
from data_bank_api.queue.jobs import Beside, Jobs
from data_bank_client.errors import (
    ConflictError,
    DataBankClientError,
    InternalError,
    JobNotFoundError,
)
from data_bank_client.wire.jobs import ACTIVE_STATES

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


class _ThereAlreadyError(Exception):
    """Somebody else added a dataset of these bytes in the meantime."""

    def __init__(self, dataset: Dataset) -> None:
        super().__init__(dataset.dataset_id)
        self.dataset = dataset


@dataclass(frozen=True, slots=True)
class DatasetWork:
    datasets: Datasets
    jobs: Jobs
    store: BlobReader

    def submit(self, new: NewDataset) -> tuple[Dataset, bool]:
        """The dataset of these bytes, and whether it is new: then its report is asked for.

        One that was there is as it was, and nothing is asked for. Raises DatabaseAwayError.
        """
        found = self.datasets.find(new.digest)
        if found is not None:
            return found, False
        try:
            self._enqueue(new.dataset_id, lambda session, job_id: self._add(session, new, job_id))
        except _ThereAlreadyError as error:
            return error.dataset, False
        except DatabaseAwayError:
            raise
        except (DataBankClientError, SQLAlchemyError) as error:
            return self._add_failed(new, _reason(error))
        return self.datasets.get(new.dataset_id), True

    def process(self, dataset_id: str, *, force: bool) -> Job:
        """The job that makes the report: the one under way; without `force` the last one, where
        there is a report; else a new one. Raises NotFoundError, and why none can be queued.
        """
        dataset = self.datasets.get(dataset_id)
        last = self.jobs.find(dataset.latest_job_id or "")
        if last is not None and last.state in ACTIVE_STATES:
            return last
        if not force and can_be_read(self.store, dataset.report):
            return last or _as_done(dataset)
        try:
            return self._enqueue(dataset_id, self._follow(dataset_id), force=force)
        except (DataBankClientError, SQLAlchemyError) as error:
            self._fail(dataset_id, _reason(error))
            raise

    def remove(self, dataset_id: str) -> None:
        """Its job, if one is under way, is cancelled. The file stays, and the report until it is an
        orphan of some age (datasets/orphans.py). Raises NotFoundError."""
        removed = self.datasets.remove(dataset_id)
        with suppress(ConflictError, JobNotFoundError):
            self.jobs.cancel(removed.latest_job_id or "")

    def _enqueue(self, dataset_id: str, beside: Beside, *, force: bool = False) -> Job:
        asked = DatasetProcess(dataset_id, force)
        key = _key_of(asked)
        new = NewJob(asked.name, arguments_of(asked), key, dataset_id=dataset_id)
        return self.jobs.enqueue(new, beside)

    def _add(self, session: Session, new: NewDataset, job_id: str) -> None:
        dataset, is_new = self.datasets.add(session, new)
        if not is_new:
            raise _ThereAlreadyError(dataset)
        self.datasets.follow(session, new.dataset_id, job_id)

    def _follow(self, dataset_id: str) -> Beside:
        def beside(session: Session, job_id: str) -> None:
            self.datasets.follow(session, dataset_id, job_id)

        return beside

    def _add_failed(self, new: NewDataset, reason: str) -> tuple[Dataset, bool]:
        with self.datasets.database.transaction() as session:
            dataset, is_new = self.datasets.add(session, new)
        if is_new:
            self._fail(dataset.dataset_id, reason)
        return self.datasets.get(dataset.dataset_id), is_new

    def _fail(self, dataset_id: str, reason: str) -> None:
        with self.datasets.database.transaction() as session:
            self.datasets.fail(session, dataset_id, f"its job could not be queued: {reason}")


def _key_of(asked: DatasetProcess) -> str:
    """One for each dataset, forced or not; nobody else can ask for a job by such a key."""
    return f"{asked.name}@{asked.dataset_id}"


def _reason(error: Exception) -> str:
    if isinstance(error, DataBankClientError):
        return error.message
    log.error("a job cannot be written down", exc_info=error)
    return InternalError.code


def _as_done(dataset: Dataset) -> Job:
    """The job that made a report, as it was when it ended: its row was removed long ago."""
    asked = DatasetProcess(dataset.dataset_id)
    ended = dataset.processed_at or dataset.uploaded_at
    return Job(
        job_id=dataset.latest_job_id or "",
        kind=asked.name,
        arguments=arguments_of(asked),
        key=_key_of(asked),
        state="success",
        progress=100.0,
        message=None,
        attempts=1,
        retries=0,
        queued_at=ended,
        due_at=ended,
        started_at=ended,
        finished_at=ended,
        result=result_of(dataset),
        error=None,
        user_id=0,
        dataset_id=dataset.dataset_id,
        traceparent=None,
    )
