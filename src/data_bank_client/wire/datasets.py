"""A dataset as it is told: a table that somebody uploaded, and how far its report is.

    uploaded ──► processing ──► done          there is a report
                     └────────► failed        error: why there is none

A dataset is known by its bytes: what is there already is not added again. Times are RFC 3339 in
UTC. What a report is: reports.py.
"""

from collections.abc import Mapping
from typing import Literal, NotRequired, TypeAlias, TypedDict

DatasetStatus: TypeAlias = Literal["uploaded", "processing", "done", "failed"]
DatasetKind: TypeAlias = Literal["csv", "json", "ndjson", "parquet"]

DATASET_STATUSES: tuple[DatasetStatus, ...] = ("uploaded", "processing", "done", "failed")
DATASET_NAME_LENGTH = 255  # characters, of a name and of a file's name
DATASET_LIST_LIMIT = 1000
DATASET_LIST_DEFAULT = 50

# How the bytes of a media type are read; its parameters do not matter.
DATASET_KINDS: Mapping[str, DatasetKind] = {
    "text/csv": "csv",
    "application/json": "json",
    "application/x-ndjson": "ndjson",
    "application/ndjson": "ndjson",
    "application/jsonl": "ndjson",
    "application/x-jsonlines": "ndjson",
    "application/vnd.apache.parquet": "parquet",
    "application/x-parquet": "parquet",
}


class DatasetFromFile(TypedDict):
    """A file of the bank, or an artifact of the mirror that it has, that is to be a dataset.

    One of the two ids. The name is that of the file, unless it is said; the content type the one
    that the file is stored with. `filename` is what the file was called where it came from.
    """

    file_id: NotRequired[str]
    artifact_id: NotRequired[str]
    name: NotRequired[str]
    filename: NotRequired[str]
    content_type: NotRequired[str]


class StoredDataset(TypedDict):
    """A dataset. Its file is `GET /files/{checksum_sha256}`; `size_bytes` is that file's.

    `latest_job_id` is the job that last made, or tries to make, its report; `report_available`:
    there is one, also while another is made.
    """

    id: str
    name: str
    original_filename: str
    content_type: str
    status: DatasetStatus
    checksum_sha256: str
    size_bytes: int
    uploaded_at: str
    processed_at: str | None
    row_count: int | None
    error: str | None
    latest_job_id: str | None
    report_available: bool


class StoredDatasetPage(TypedDict):
    """A page of datasets, newest first; `next_cursor` asks for the one after it."""

    items: list[StoredDataset]
    next_cursor: str | None
    has_more: bool
