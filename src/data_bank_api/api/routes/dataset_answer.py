"""What the routes of the datasets tell: datasets and their reports on the wire."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from data_bank_api.api.moment_cursor import next_cursor
from data_bank_api.api.routes.dataset_question import LIST
from data_bank_api.datasets.dataset import Dataset
from data_bank_api.queue.place import Place
from data_bank_client.wire.datasets import StoredDataset, StoredDatasetPage
from data_bank_client.wire.times import format_time


def tell_dataset(dataset: Dataset) -> StoredDataset:
    return StoredDataset(
        id=dataset.dataset_id,
        name=dataset.name,
        original_filename=dataset.original_filename,
        content_type=dataset.content_type,
        status=dataset.status,
        checksum_sha256=dataset.digest.hex,
        size_bytes=dataset.size,
        uploaded_at=format_time(dataset.uploaded_at),
        processed_at=_tell_time(dataset.processed_at),
        row_count=dataset.row_count,
        error=dataset.error,
        latest_job_id=dataset.latest_job_id,
        report_available=dataset.report is not None,
    )


def make_page(found: Sequence[Dataset], limit: int) -> StoredDatasetPage:
    """Of up to `limit` + 1 datasets the first `limit`, and where those end if there are more."""
    cursor = next_cursor(LIST, [_without_hyphens(each.place) for each in found], limit)
    items = [tell_dataset(each) for each in found[:limit]]
    return StoredDatasetPage(items=items, next_cursor=cursor, has_more=cursor is not None)


def _without_hyphens(place: Place) -> Place:
    return replace(place, id=place.id.replace("-", ""))


def _tell_time(moment: datetime | None) -> str | None:
    return None if moment is None else format_time(moment)
