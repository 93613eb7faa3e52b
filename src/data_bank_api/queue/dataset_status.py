"""The status of a dataset is that of its latest job, written in the job's own transaction.

    queued               uploaded
    started, retrying    processing
    success              done
    failure, cancelled   failed, with why

So a dataset is in `processing` only while its job is under way, however that ends.
"""

from collections.abc import Mapping

from sqlalchemy import update
from sqlalchemy.orm import Session

from data_bank_api.db.schema import DatasetRow
from data_bank_api.queue.job import Job
from data_bank_client.wire.datasets import DatasetStatus
from data_bank_client.wire.events import CANCELLED

STATUS_OF: Mapping[str, DatasetStatus] = {
    "queued": "uploaded",
    "started": "processing",
    "retrying": "processing",
    "success": "done",
    "failure": "failed",
    "cancelled": "failed",
}


def tell_dataset(session: Session, job: Job) -> None:
    """The job's state is another now; nothing is done where it is not a dataset's latest."""
    status, reason = status_by(job)
    change = (
        update(DatasetRow)
        .where(DatasetRow.dataset_id == job.dataset_id, DatasetRow.latest_job_id == job.job_id)
        .values(status=status, error=reason)
    )
    session.execute(change)


def status_by(job: Job) -> tuple[DatasetStatus, str | None]:
    """The status of a dataset whose latest job this is, and why it failed, if it did."""
    status = STATUS_OF[job.state]
    return status, _reason(job) if status == "failed" else None


def _reason(job: Job) -> str:
    # A cancelled one may have the error of a try before.
    if job.state == "cancelled" or job.error is None:
        return CANCELLED
    return job.error["message"]
