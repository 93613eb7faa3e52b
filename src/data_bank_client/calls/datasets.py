"""The calls about datasets, one function a route of docs/api.md, and all pages of a list."""

import re
from collections.abc import Generator, Sequence
from datetime import datetime
from typing import TypedDict

import msgspec

from data_bank_client.calls.answers import expect, json_reader
from data_bank_client.calls.call import Answer, Call, Flow, Give, Request
from data_bank_client.calls.content_type import checked_content_type
from data_bank_client.calls.page_query import page_query
from data_bank_client.errors import (
    InvalidInputError,
    NotFoundError,
    UnexpectedAnswerError,
    UnsupportedMediaTypeError,
)
from data_bank_client.wire.datasets import (
    DATASET_KINDS,
    DATASET_LIST_LIMIT,
    DatasetFromFile,
    DatasetStatus,
    StoredDataset,
    StoredDatasetPage,
)
from data_bank_client.wire.jobs import JobAnswer
from data_bank_client.wire.reports import REPORT_VERSION, Report
from data_bank_client.wire.times import format_time

ROOT = "/datasets"
REPORT_BYTES = 64 * 1024 * 1024  # a thousand columns of long texts in four bytes each take half
_ID = re.compile(r"\A[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")


class DatasetsFilter(TypedDict, total=False):
    """Which datasets: those of which all of this holds. The moments are exclusive, with a zone."""

    status: DatasetStatus | Sequence[DatasetStatus] | None
    uploaded_before: datetime | None
    uploaded_after: datetime | None
    name_contains: str | None


class _Versioned(TypedDict):
    version: int


def dataset_type(given: str | None, filename: str) -> str:
    """The content type of a dataset: the one that was given, or that its file's name suggests.

    Raises UnsupportedMediaTypeError for what is none, before a byte of it is sent.
    """
    found = checked_content_type(given, filename)
    if found.partition(";")[0].strip().lower() in DATASET_KINDS:
        return found
    raise UnsupportedMediaTypeError(
        f"{filename} is {found}, and a dataset is CSV, JSON, NDJSON or Parquet: "
        "say which, if it is one, by content_type (databank datasets add --type)"
    )


def is_dataset_id(text: str) -> bool:
    """Whether it is the id of a dataset, of this bank or of another."""
    return _ID.match(text) is not None


def add(wanted: DatasetFromFile) -> Call[StoredDataset]:
    """Have a file of the bank profiled; the dataset, or the one that has its bytes already."""
    try:
        body = msgspec.json.encode(wanted)
    except (TypeError, ValueError) as error:
        raise InvalidInputError(f"this cannot be written as JSON: {error}") from error
    headers = {"Content-Type": "application/json"}
    request = Request("POST", ROOT, headers=headers, body=body)
    return Call(request, json_reader(StoredDataset, 200, 201))


def list_page(limit: int, cursor: str | None, wanted: DatasetsFilter) -> Call[StoredDatasetPage]:
    """A page of datasets. Raises InvalidInputError."""
    query = page_query(limit, cursor) | _query(wanted)
    return Call(Request("GET", ROOT, query=query), json_reader(StoredDatasetPage, 200))


def pages(wanted: DatasetsFilter) -> Flow[StoredDatasetPage, None]:
    """Every page of these datasets, newest first."""
    cursor: str | None = None
    while True:
        page = yield from list_page(DATASET_LIST_LIMIT, cursor, wanted).ask()
        yield Give(page)
        cursor = page["next_cursor"]
        if cursor is None:
            return


def get(dataset_id: str) -> Call[StoredDataset]:
    """A dataset. Raises InvalidInputError for what cannot be an id, as all of these do."""
    return Call(Request("GET", _path(dataset_id)), json_reader(StoredDataset, 200))


def process(dataset_id: str, *, force: bool) -> Call[JobAnswer]:
    """Have its report made; the job."""
    query = {"force": "true"} if force else {}
    request = Request("POST", f"{_path(dataset_id)}/process", query=query)
    return Call(request, json_reader(JobAnswer, 200, 202))


def report(dataset_id: str) -> Call[Report]:
    """Its report. Reading raises UnexpectedAnswerError for one of a version that is not known."""
    read_version = json_reader(_Versioned, 200)
    read_report = json_reader(Report, 200)

    def read(answer: Answer) -> Report:
        version = read_version(answer)["version"]
        if version != REPORT_VERSION:
            raise UnexpectedAnswerError(
                f"the report is of version {version}, and this client reads {REPORT_VERSION}: "
                "a newer data-bank knows it"
            )
        return read_report(answer)

    return Call(_report(dataset_id), read)


def report_json(dataset_id: str) -> Call[bytes]:
    """Its report as it is stored, of any version."""
    read_version = json_reader(_Versioned, 200)

    def read(answer: Answer) -> bytes:
        read_version(answer)
        return answer.body

    return Call(_report(dataset_id), read)


def delete(dataset_id: str) -> Generator[Request, Answer, None]:
    """Forget a dataset. Where an earlier try did and its answer was lost, all is well."""
    request = Request("DELETE", _path(dataset_id))
    try:
        yield from Call(request, lambda answer: expect(answer, 204)).ask()
    except NotFoundError as error:
        if not error.is_after_another:
            raise


def _report(dataset_id: str) -> Request:
    return Request("GET", f"{_path(dataset_id)}/report", most_bytes=REPORT_BYTES)


def _query(wanted: DatasetsFilter) -> dict[str, str]:
    said: dict[str, str] = {}
    for name, value in wanted.items():
        if isinstance(value, datetime):
            said[name] = _moment(name, value)
        elif isinstance(value, str):
            said[name] = _plain(name, value)
        elif isinstance(value, Sequence):
            said[name] = ",".join(value)
    return said


def _moment(name: str, moment: datetime) -> str:
    if moment.tzinfo is None:
        raise InvalidInputError(f"{name}: the time lacks its zone")
    return format_time(moment)


def _plain(name: str, text: str) -> str:
    if not text.isprintable():
        raise InvalidInputError(f"{name}: only printable characters are taken")
    return text


def _path(dataset_id: str) -> str:
    if not is_dataset_id(dataset_id):
        raise InvalidInputError("the id of a dataset is a UUID: 32 hexadecimal digits in 5 parts")
    return f"{ROOT}/{dataset_id}"
