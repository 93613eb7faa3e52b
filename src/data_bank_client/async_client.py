"""AsyncDataBankClient: the same calls as DataBankClient, run by the asynchronous driver."""

from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Mapping
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Self, Unpack

import httpx2

from data_bank_client import asynchronous, transfer
from data_bank_client.async_datasets import AsyncDatasets
from data_bank_client.calls import catalog, corpus, events, files, hub, jobs, watching, webhooks
from data_bank_client.calls.call import OnRetry, Progress
from data_bank_client.calls.catalog import DatasetFilter
from data_bank_client.calls.content_type import checked_content_type
from data_bank_client.calls.corpus import IngestedAddress, IngestedFiles
from data_bank_client.calls.events import SeenEvent
from data_bank_client.calls.hub import ArtifactFilter, RegistrationOptions
from data_bank_client.calls.jobs import JobFilter
from data_bank_client.calls.many import ask_many, pages
from data_bank_client.calls.outgoing import Stream, any_body
from data_bank_client.calls.watching import Watched
from data_bank_client.exchange import TIMEOUT, http_options, usable_proxies
from data_bank_client.wire.catalog import (
    COMMITS_DEFAULT,
    DATASETS_DEFAULT,
    FILES_DEFAULT,
    CacheStatus,
    CatalogJobAnswer,
    CatalogMeta,
    DatasetAnswer,
    DatasetCommits,
    DatasetFiles,
    DatasetPage,
    FileUrl,
    MemoryStatus,
)
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import (
    LIST_DEFAULT,
    BatchAnswer,
    FileAnswer,
    FileHead,
    FilePage,
)
from data_bank_client.wire.hub import (
    HUB_LIST_DEFAULT,
    ArtifactAnswer,
    ArtifactPage,
    HubChange,
    HubJobAnswer,
    RepositoryAnswer,
    RepositoryDetail,
    RepositoryPage,
    RepoType,
    SnapshotAnswer,
    SnapshotPage,
)
from data_bank_client.wire.jobs import JOB_LIST_DEFAULT, JobAnswer, JobDetail, JobPage
from data_bank_client.wire.webhooks import (
    WEBHOOK_LIST_DEFAULT,
    DeliveryPage,
    NewWebhook,
    WebhookPage,
)


class AsyncDataBankClient:
    """A client for asyncio, whose methods are those of DataBankClient and promise the same.

    So do its options; `on_retry` is called in the event loop.

    Local files are read and written, and bytes hashed, in threads. One object belongs to one
    event loop; close it with `aclose`, or use it in `async with`.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str | None = None,
        *,
        timeout: float | None = TIMEOUT,
        on_retry: OnRetry | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        options = http_options(base_url, api_key, timeout)
        with usable_proxies():
            http = httpx2.AsyncClient(transport=transport, **options)
        self._driver = asynchronous.Driver(http, on_retry)
        self.datasets = AsyncDatasets(self._driver)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self._driver.base_url)!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._driver.aclose()

    async def upload(
        self,
        filename: str,
        stream: Stream | AsyncIterable[bytes],
        content_type: str | None = None,
        *,
        on_progress: Progress | None = None,
    ) -> FileAnswer:
        """As DataBankClient.upload; the bytes may also come from an asynchronous iterable."""
        body = any_body(stream, on_progress)
        kind = checked_content_type(content_type, filename)
        return await self._driver.run(files.upload(body, kind).ask())

    async def upload_path(
        self,
        path: str | PathLike[str],
        *,
        content_type: str | None = None,
        force: bool = False,
        on_progress: Progress | None = None,
    ) -> FileAnswer:
        """As DataBankClient.upload_path."""
        flow = transfer.upload_path(Path(path), content_type, force=force, on_progress=on_progress)
        return await self._driver.run(flow)

    async def download_to_path(
        self,
        file_id: str,
        path: str | PathLike[str],
        resume: bool = True,
        verify_etag: bool = True,
        *,
        on_progress: Progress | None = None,
    ) -> Path:
        """As DataBankClient.download_to_path."""
        flow = transfer.download_to_path(
            Digest.parse(file_id),
            Path(path),
            resume=resume,
            verify_etag=verify_etag,
            on_progress=on_progress,
        )
        return await self._driver.run(flow)

    async def read_range(self, file_id: str, start: int, stop: int) -> bytes:
        """As DataBankClient.read_range."""
        flow = transfer.read_range(Digest.parse(file_id), start, stop)
        return await self._driver.run(flow)

    def stream(
        self, file_id: str, *, on_progress: Progress | None = None
    ) -> AsyncGenerator[bytes, None]:
        """As DataBankClient.stream. Who leaves the loop early closes it with `aclosing`."""
        return self._driver.iterate(transfer.stream(Digest.parse(file_id), on_progress))

    async def head(self, file_id: str) -> FileHead:
        """As DataBankClient.head."""
        return await self._driver.run(files.head(Digest.parse(file_id)).ask())

    async def info(self, file_id: str) -> FileAnswer:
        """As DataBankClient.info."""
        return await self._driver.run(files.info(Digest.parse(file_id)).ask())

    async def list(
        self, limit: int = LIST_DEFAULT, cursor: str | None = None, prefix: str = ""
    ) -> FilePage:
        """As DataBankClient.list."""
        return await self._driver.run(files.list_page(limit, cursor, prefix).ask())

    async def iter_files(self, prefix: str = "") -> AsyncGenerator[FileAnswer, None]:
        """As DataBankClient.iter_files."""
        async for page in self._driver.iterate(pages(prefix)):
            for item in page["items"]:
                yield item

    async def batch(self, file_ids: Iterable[str]) -> BatchAnswer:
        """As DataBankClient.batch."""
        digests = [Digest.parse(each) for each in file_ids]
        return await self._driver.run(ask_many(digests))

    async def delete(self, file_id: str, *, force: bool = False) -> None:
        """As DataBankClient.delete."""
        await self._driver.run(files.delete(Digest.parse(file_id), force=force))

    async def start_job(
        self,
        kind: str,
        arguments: Mapping[str, object] | None = None,
        *,
        key: str | None = None,
        user_id: int = 0,
    ) -> JobAnswer:
        """As DataBankClient.start_job."""
        return await self._driver.run(jobs.start(kind, arguments, key, user_id).ask())

    async def get_job(self, job_id: str) -> JobDetail:
        """As DataBankClient.get_job."""
        return await self._driver.run(jobs.get(job_id).ask())

    async def list_jobs(
        self,
        limit: int = JOB_LIST_DEFAULT,
        cursor: str | None = None,
        **wanted: Unpack[JobFilter],
    ) -> JobPage:
        """As DataBankClient.list_jobs."""
        return await self._driver.run(jobs.list_page(limit, cursor, wanted).ask())

    async def iter_jobs(self, **wanted: Unpack[JobFilter]) -> AsyncGenerator[JobAnswer, None]:
        """As DataBankClient.iter_jobs."""
        async for page in self._driver.iterate(jobs.pages(wanted)):
            for item in page["items"]:
                yield item

    async def cancel_job(self, job_id: str) -> JobAnswer:
        """As DataBankClient.cancel_job."""
        return await self._driver.run(jobs.cancel(job_id).ask())

    async def retry_job(self, job_id: str) -> JobAnswer:
        """As DataBankClient.retry_job."""
        return await self._driver.run(jobs.retry(job_id))

    async def wait_for_job(self, job_id: str, timeout: float | None = None) -> JobDetail:
        """As DataBankClient.wait_for_job."""
        return await self._driver.run(watching.wait(job_id, timeout))

    def watch_job(self, job_id: str) -> AsyncGenerator[Watched, None]:
        """As DataBankClient.watch_job. Who leaves the loop early closes it with `aclosing`."""
        return self._driver.iterate(watching.watch(job_id))

    async def ingest_corpus(
        self,
        repo_id: str,
        repo_type: RepoType = "dataset",
        *,
        user_id: int = 0,
        **wanted: Unpack[IngestedFiles],
    ) -> JobAnswer:
        """As DataBankClient.ingest_corpus."""
        return await self._driver.run(
            corpus.ingest_corpus(repo_id, repo_type, wanted, user_id).ask()
        )

    async def ingest_url(
        self, url: str, *, user_id: int = 0, **said: Unpack[IngestedAddress]
    ) -> JobAnswer:
        """As DataBankClient.ingest_url."""
        return await self._driver.run(corpus.ingest_url(url, said, user_id).ask())

    async def register_repository(
        self,
        repo_id: str,
        repo_type: RepoType = "model",
        **options: Unpack[RegistrationOptions],
    ) -> HubJobAnswer:
        """As DataBankClient.register_repository."""
        return await self._driver.run(hub.register(repo_id, repo_type, options).ask())

    async def sync_repository(
        self, repo_id: str, repo_type: RepoType = "model", *, download: bool = False
    ) -> HubJobAnswer:
        """As DataBankClient.sync_repository."""
        return await self._driver.run(hub.sync(repo_id, repo_type, download=download).ask())

    async def download_repository(
        self, repo_id: str, repo_type: RepoType = "model"
    ) -> HubJobAnswer:
        """As DataBankClient.download_repository."""
        return await self._driver.run(hub.download(repo_id, repo_type).ask())

    async def download_artifacts(self, artifact_ids: Iterable[str]) -> HubJobAnswer:
        """As DataBankClient.download_artifacts."""
        return await self._driver.run(hub.download_artifacts(artifact_ids).ask())

    async def scan_folder(self, path: str) -> HubJobAnswer:
        """As DataBankClient.scan_folder."""
        return await self._driver.run(hub.scan(path).ask())

    async def list_repositories(
        self,
        limit: int = HUB_LIST_DEFAULT,
        cursor: str | None = None,
        repo_type: RepoType | None = None,
        repo_id: str | None = None,
    ) -> RepositoryPage:
        """As DataBankClient.list_repositories."""
        return await self._driver.run(hub.list_page(limit, cursor, repo_type, repo_id).ask())

    async def iter_repositories(
        self, repo_type: RepoType | None = None, repo_id: str | None = None
    ) -> AsyncGenerator[RepositoryAnswer, None]:
        """As DataBankClient.iter_repositories."""
        async for page in self._driver.iterate(hub.pages(repo_type, repo_id)):
            for item in page["items"]:
                yield item

    async def get_repository(self, repository_id: str) -> RepositoryDetail:
        """As DataBankClient.get_repository."""
        return await self._driver.run(hub.get(repository_id).ask())

    async def change_repository(
        self, repository_id: str, **changes: Unpack[HubChange]
    ) -> RepositoryAnswer:
        """As DataBankClient.change_repository."""
        return await self._driver.run(hub.change(repository_id, changes).ask())

    async def list_hub_jobs(
        self,
        limit: int = JOB_LIST_DEFAULT,
        cursor: str | None = None,
        **wanted: Unpack[JobFilter],
    ) -> JobPage:
        """As DataBankClient.list_hub_jobs."""
        return await self._driver.run(hub.list_jobs(limit, cursor, wanted).ask())

    async def iter_hub_jobs(self, **wanted: Unpack[JobFilter]) -> AsyncGenerator[JobAnswer, None]:
        """As DataBankClient.iter_hub_jobs."""
        async for page in self._driver.iterate(hub.job_pages(wanted)):
            for item in page["items"]:
                yield item

    async def get_hub_job(self, job_id: str) -> JobDetail:
        """As DataBankClient.get_hub_job."""
        return await self._driver.run(hub.get_job(job_id).ask())

    async def list_artifacts(
        self,
        repository_id: str,
        limit: int = HUB_LIST_DEFAULT,
        cursor: str | None = None,
        **wanted: Unpack[ArtifactFilter],
    ) -> ArtifactPage:
        """As DataBankClient.list_artifacts."""
        return await self._driver.run(
            hub.list_artifacts(repository_id, limit, cursor, wanted).ask()
        )

    async def iter_artifacts(
        self, repository_id: str, **wanted: Unpack[ArtifactFilter]
    ) -> AsyncGenerator[ArtifactAnswer, None]:
        """As DataBankClient.iter_artifacts."""
        async for page in self._driver.iterate(hub.artifact_pages(repository_id, wanted)):
            for item in page["items"]:
                yield item

    async def list_snapshots(
        self, repository_id: str, limit: int = HUB_LIST_DEFAULT, cursor: str | None = None
    ) -> SnapshotPage:
        """As DataBankClient.list_snapshots."""
        return await self._driver.run(hub.list_snapshots(repository_id, limit, cursor).ask())

    async def get_snapshot(self, repository_id: str, commit: str) -> SnapshotAnswer:
        """As DataBankClient.get_snapshot."""
        return await self._driver.run(hub.get_snapshot(repository_id, commit).ask())

    async def delete_repository(self, repository_id: str) -> None:
        """As DataBankClient.delete_repository."""
        await self._driver.run(hub.delete(repository_id))

    async def search_datasets(
        self,
        search: str = "",
        limit: int = DATASETS_DEFAULT,
        offset: int = 0,
        **wanted: Unpack[DatasetFilter],
    ) -> DatasetPage:
        """As DataBankClient.search_datasets."""
        return await self._driver.run(catalog.list_page(search, limit, offset, wanted).ask())

    async def iter_datasets(
        self, search: str = "", **wanted: Unpack[DatasetFilter]
    ) -> AsyncGenerator[DatasetAnswer, None]:
        """As DataBankClient.iter_datasets."""
        async for page in self._driver.iterate(catalog.pages(search, wanted)):
            for each in page["items"]:
                yield each

    async def get_dataset(self, dataset_id: str) -> DatasetAnswer:
        """As DataBankClient.get_dataset."""
        return await self._driver.run(catalog.get(dataset_id).ask())

    async def list_dataset_commits(
        self, dataset_id: str, limit: int = COMMITS_DEFAULT, revision: str = "main"
    ) -> DatasetCommits:
        """As DataBankClient.list_dataset_commits."""
        return await self._driver.run(catalog.commits(dataset_id, revision, limit).ask())

    async def list_dataset_files(
        self, dataset_id: str, limit: int = FILES_DEFAULT, revision: str = "main"
    ) -> DatasetFiles:
        """As DataBankClient.list_dataset_files."""
        return await self._driver.run(catalog.files(dataset_id, revision, limit).ask())

    async def get_dataset_file_url(
        self, dataset_id: str, filename: str, revision: str = "main"
    ) -> FileUrl:
        """As DataBankClient.get_dataset_file_url."""
        found = await self._driver.run(catalog.file_url(dataset_id, filename, revision).ask())
        return catalog.absolute(found, str(self._driver.base_url))

    async def catalog_status(self) -> CacheStatus:
        """As DataBankClient.catalog_status."""
        return await self._driver.run(catalog.status().ask())

    async def catalog_meta(self) -> CatalogMeta:
        """As DataBankClient.catalog_meta."""
        return await self._driver.run(catalog.meta().ask())

    async def refresh_catalog(
        self, *, full: bool | None = None, force: bool = False
    ) -> CatalogJobAnswer:
        """As DataBankClient.refresh_catalog."""
        return await self._driver.run(catalog.refresh(full=full, force=force).ask())

    async def memory_status(self) -> MemoryStatus:
        """As DataBankClient.memory_status."""
        return await self._driver.run(catalog.memory().ask())

    async def create_webhook(
        self,
        url: str,
        types: Iterable[str] | None = None,
        secret: str | None = None,
        user_id: int = 0,
    ) -> NewWebhook:
        """As DataBankClient.create_webhook."""
        return await self._driver.run(webhooks.create(url, types, secret, user_id).ask())

    async def list_webhooks(
        self, limit: int = WEBHOOK_LIST_DEFAULT, cursor: str | None = None
    ) -> WebhookPage:
        """As DataBankClient.list_webhooks."""
        return await self._driver.run(webhooks.list_page(limit, cursor).ask())

    async def delete_webhook(self, webhook_id: str) -> None:
        """As DataBankClient.delete_webhook."""
        await self._driver.run(webhooks.delete(webhook_id).ask())

    async def list_deliveries(
        self, webhook_id: str, limit: int = WEBHOOK_LIST_DEFAULT, cursor: str | None = None
    ) -> DeliveryPage:
        """As DataBankClient.list_deliveries."""
        return await self._driver.run(webhooks.list_deliveries(webhook_id, limit, cursor).ask())

    def events(
        self,
        types: Iterable[str] | None = None,
        job_id: str | None = None,
        last_event_id: str | None = None,
    ) -> AsyncGenerator[SeenEvent, None]:
        """As DataBankClient.events. Who leaves the loop early closes it with `aclosing`."""
        return self._driver.iterate(events.follow(types, job_id, last_event_id))
