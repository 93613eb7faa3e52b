"""`bank.datasets` of AsyncDataBankClient: the same, run by the asynchronous driver."""

from collections.abc import AsyncGenerator, AsyncIterable
from os import PathLike
from pathlib import Path
from typing import Unpack

from data_bank_client import asynchronous
from data_bank_client.calls import datasets
from data_bank_client.calls.call import Progress
from data_bank_client.calls.datasets import DatasetsFilter, dataset_type
from data_bank_client.calls.outgoing import Stream, any_body
from data_bank_client.datasets import adding, adding_path
from data_bank_client.wire.datasets import (
    DATASET_LIST_DEFAULT,
    DatasetFromFile,
    StoredDataset,
    StoredDatasetPage,
)
from data_bank_client.wire.jobs import JobAnswer
from data_bank_client.wire.reports import Report


class AsyncDatasets:
    """What AsyncDataBankClient knows of datasets; the methods are those of Datasets."""

    def __init__(self, driver: asynchronous.Driver) -> None:
        self._driver = driver

    async def add(
        self,
        path: str | PathLike[str],
        *,
        name: str | None = None,
        content_type: str | None = None,
        on_progress: Progress | None = None,
    ) -> StoredDataset:
        """As Datasets.add."""
        flow = adding_path(Path(path), name, content_type, on_progress)
        return await self._driver.run(flow)

    async def add_stream(
        self,
        filename: str,
        stream: Stream | AsyncIterable[bytes],
        *,
        name: str | None = None,
        content_type: str | None = None,
        on_progress: Progress | None = None,
    ) -> StoredDataset:
        """As Datasets.add_stream; the bytes may also come from an asynchronous iterable."""
        kind = dataset_type(content_type, filename)
        body = any_body(stream, on_progress)
        return await self._driver.run(adding(filename, body, name, kind))

    async def add_stored(self, **wanted: Unpack[DatasetFromFile]) -> StoredDataset:
        """As Datasets.add_stored."""
        return await self._driver.run(datasets.add(wanted).ask())

    async def list(
        self,
        limit: int = DATASET_LIST_DEFAULT,
        cursor: str | None = None,
        **wanted: Unpack[DatasetsFilter],
    ) -> StoredDatasetPage:
        """As Datasets.list."""
        return await self._driver.run(datasets.list_page(limit, cursor, wanted).ask())

    async def iter(self, **wanted: Unpack[DatasetsFilter]) -> AsyncGenerator[StoredDataset, None]:
        """As Datasets.iter."""
        async for page in self._driver.iterate(datasets.pages(wanted)):
            for each in page["items"]:
                yield each

    async def get(self, dataset_id: str) -> StoredDataset:
        """As Datasets.get."""
        return await self._driver.run(datasets.get(dataset_id).ask())

    async def process(self, dataset_id: str, *, force: bool = False) -> JobAnswer:
        """As Datasets.process."""
        return await self._driver.run(datasets.process(dataset_id, force=force).ask())

    async def report(self, dataset_id: str) -> Report:
        """As Datasets.report."""
        return await self._driver.run(datasets.report(dataset_id).ask())

    async def report_json(self, dataset_id: str) -> bytes:
        """As Datasets.report_json."""
        return await self._driver.run(datasets.report_json(dataset_id).ask())

    async def delete(self, dataset_id: str) -> None:
        """As Datasets.delete."""
        await self._driver.run(datasets.delete(dataset_id))
