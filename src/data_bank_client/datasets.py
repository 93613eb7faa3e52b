"""`bank.datasets`: tables that are stored in the bank, and the reports that it makes of them.

    added = bank.datasets.add("sales.csv")
    bank.wait_for_job(added["latest_job_id"])
    report = bank.datasets.report(added["id"])

A dataset is added in two steps, each of which can be done again without harm: its file is stored
as every file is, verified, and not sent where it is there already; then the bank is asked to make
it a dataset. `adding` and `adding_path` are these steps as flows: both clients run them.
"""

from collections.abc import Generator
from os import PathLike
from pathlib import Path
from typing import Never, Unpack

from data_bank_client import blocking, transfer
from data_bank_client.calls import datasets, files
from data_bank_client.calls.call import Flow, Progress
from data_bank_client.calls.datasets import DatasetsFilter, dataset_type
from data_bank_client.calls.outgoing import AsyncBody, Body, Stream, stream_body
from data_bank_client.wire.datasets import (
    DATASET_LIST_DEFAULT,
    DatasetFromFile,
    StoredDataset,
    StoredDatasetPage,
)
from data_bank_client.wire.jobs import JobAnswer
from data_bank_client.wire.reports import Report


class Datasets:
    """What DataBankClient knows of datasets."""

    def __init__(self, driver: blocking.Driver) -> None:
        self._driver = driver

    def add(
        self,
        path: str | PathLike[str],
        *,
        name: str | None = None,
        content_type: str | None = None,
        on_progress: Progress | None = None,
    ) -> StoredDataset:
        """Store a file of the local disk and have it profiled; the dataset.

        The file's name tells whether it is CSV, JSON, NDJSON or Parquet, unless `content_type`
        does; `name` is what people call it, else the file's name. Where the bank has a dataset of
        these bytes, that one is the answer, unchanged. Its report is made by the job
        `latest_job_id`; where that could not be begun, its `status` is failed, with the `error`.
        Raises UnsupportedMediaTypeError for any other file, before it is sent, and what
        `upload_path` raises.
        """
        flow = adding_path(Path(path), name, content_type, on_progress)
        return self._driver.run(flow)

    def add_stream(
        self,
        filename: str,
        stream: Stream,
        *,
        name: str | None = None,
        content_type: str | None = None,
        on_progress: Progress | None = None,
    ) -> StoredDataset:
        """As `add`, of bytes, a binary file from where it stands, or an iterable of bytes."""
        kind = dataset_type(content_type, filename)
        body = stream_body(stream, on_progress)
        return self._driver.run(adding(filename, body, name, kind))

    def add_stored(self, **wanted: Unpack[DatasetFromFile]) -> StoredDataset:
        """As `add`, of a file that the bank has, by its `file_id`, or by its `artifact_id`.

        Raises NotFoundError, and UnsupportedMediaTypeError where it is stored as something
        else and no `content_type` is said.
        """
        return self._driver.run(datasets.add(wanted).ask())

    def list(
        self,
        limit: int = DATASET_LIST_DEFAULT,
        cursor: str | None = None,
        **wanted: Unpack[DatasetsFilter],
    ) -> StoredDatasetPage:
        """A page of at most 1000 datasets, newest first, of which all that is `wanted` holds.

        `status`, one or several; `uploaded_before` and `uploaded_after`; `name_contains`.
        """
        return self._driver.run(datasets.list_page(limit, cursor, wanted).ask())

    def iter(self, **wanted: Unpack[DatasetsFilter]) -> Generator[StoredDataset, None, None]:
        """All datasets, newest first, of which all that is `wanted` holds, as for `list`."""
        for page in self._driver.iterate(datasets.pages(wanted)):
            yield from page["items"]

    def get(self, dataset_id: str) -> StoredDataset:
        """A dataset. Raises NotFoundError."""
        return self._driver.run(datasets.get(dataset_id).ask())

    def process(self, dataset_id: str, *, force: bool = False) -> JobAnswer:
        """Have its report made: the job, or the one under way.

        Where there is a report, the job that made it, and nothing is done, unless with `force`.
        Raises NotFoundError.
        """
        return self._driver.run(datasets.process(dataset_id, force=force).ask())

    def report(self, dataset_id: str) -> Report:
        """Its report. Raises NotFoundError until there is one.

        Raises ServiceUnavailableError where the bank has lost it: `process` with `force` makes
        it again.
        """
        return self._driver.run(datasets.report(dataset_id).ask())

    def report_json(self, dataset_id: str) -> bytes:
        """Its report, byte for byte as it is stored."""
        return self._driver.run(datasets.report_json(dataset_id).ask())

    def delete(self, dataset_id: str) -> None:
        """Forget a dataset; its file and its report stay in the bank. Raises NotFoundError."""
        self._driver.run(datasets.delete(dataset_id))


def adding_path(
    path: Path, name: str | None, content_type: str | None, on_progress: Progress | None
) -> Flow[Never, StoredDataset]:
    """Store a file of the local disk, where it is not yet, and make it a dataset."""
    kind = dataset_type(content_type, path.name)
    stored = yield from transfer.upload_path(path, kind, force=False, on_progress=on_progress)
    return (yield from datasets.add(_wanted(stored["file_id"], path.name, name, kind)).ask())


def adding(
    filename: str, body: Body | AsyncBody, name: str | None, kind: str
) -> Flow[Never, StoredDataset]:
    """Store a body and make it a dataset."""
    stored = yield from files.upload(body, kind).ask()
    return (yield from datasets.add(_wanted(stored["file_id"], filename, name, kind)).ask())


def _wanted(file_id: str, filename: str, name: str | None, kind: str) -> DatasetFromFile:
    """A name of the disk that is no text is told with `?` for what cannot be read."""
    told = filename.encode("utf-8", "replace").decode()
    wanted = DatasetFromFile(file_id=file_id, filename=told, content_type=kind)
    if name is not None:
        wanted["name"] = name
    return wanted
