"""DataBankClient and AsyncDataBankClient: one set of calls, run by two drivers.

    with DataBankClient(base_url="http://127.0.0.1:8000", api_key="...") as bank:
        stored = bank.upload_path("model.safetensors")
        bank.download_to_path(stored["file_id"], "copy.safetensors")

Every call raises what data_bank_client.errors names, and OSError for the local disk. Calls
that can be sent again are, five times in all with growing pauses, when the connection fails
or the service says that it is a passing thing; `Retry-After` is honoured up to a minute.

Proxies and certificates are the environment's (HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE), as
other tools have it, but for a service on this machine, where no proxy leads. An http proxy
sees the key of an http service: use https across a network.
"""

from collections.abc import Generator, Iterable, Mapping
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Self, Unpack

import httpx2

from data_bank_client import blocking, transfer
from data_bank_client.async_client import AsyncDataBankClient
from data_bank_client.calls import catalog, corpus, events, files, hub, jobs, watching, webhooks
from data_bank_client.calls.call import OnRetry, Progress
from data_bank_client.calls.catalog import DatasetFilter
from data_bank_client.calls.content_type import checked_content_type
from data_bank_client.calls.corpus import IngestedAddress, IngestedFiles
from data_bank_client.calls.events import SeenEvent
from data_bank_client.calls.hub import ArtifactFilter, RegistrationOptions
from data_bank_client.calls.jobs import JobFilter
from data_bank_client.calls.many import ask_many, pages
from data_bank_client.calls.outgoing import Stream, stream_body
from data_bank_client.calls.watching import Watched
from data_bank_client.datasets import Datasets
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

__all__ = ["AsyncDataBankClient", "DataBankClient"]


class DataBankClient:
    """A client that blocks. It may be used by several threads; close it, or use it in `with`.

    `base_url` may have a path. `timeout` is the seconds without a sign of life after which a
    connection counts as lost, None for never; the answer to an upload may take ten times as long.
    `on_retry` is told before a call is tried again: the error, and the seconds until then.
    `transport` is for tests. Raises InvalidInputError for an address or key that cannot be.

    `datasets` has the calls about datasets and their reports (datasets.py); the methods here that
    speak of datasets are about the catalog, the Hub's.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str | None = None,
        *,
        timeout: float | None = TIMEOUT,
        on_retry: OnRetry | None = None,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        options = http_options(base_url, api_key, timeout)
        with usable_proxies():
            http = httpx2.Client(transport=transport, **options)
        self._driver = blocking.Driver(http, on_retry)
        self.datasets = Datasets(self._driver)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self._driver.base_url)!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._driver.close()

    def upload(
        self,
        filename: str,
        stream: Stream,
        content_type: str | None = None,
        *,
        on_progress: Progress | None = None,
    ) -> FileAnswer:
        """Store bytes, a binary file from where it stands, or an iterable of bytes.

        `filename` only suggests the content type where none is given. The bytes are hashed as
        they are sent: DigestMismatchError says that the service stored others. Only bytes and
        seekable files can be sent again when the connection fails.
        """
        body = stream_body(stream, on_progress)
        kind = checked_content_type(content_type, filename)
        return self._driver.run(files.upload(body, kind).ask())

    def upload_path(
        self,
        path: str | PathLike[str],
        *,
        content_type: str | None = None,
        force: bool = False,
        on_progress: Progress | None = None,
    ) -> FileAnswer:
        """Store a file of the local disk; one that is stored already is not sent, only hashed.

        `force` sends it anyway, which heals a damaged copy. The answer is then as it was first
        stored: its content type may be another. Raises DigestMismatchError where the file
        changes meanwhile; nothing is stored then.
        """
        flow = transfer.upload_path(Path(path), content_type, force=force, on_progress=on_progress)
        return self._driver.run(flow)

    def download_to_path(
        self,
        file_id: str,
        path: str | PathLike[str],
        resume: bool = True,
        verify_etag: bool = True,
        *,
        on_progress: Progress | None = None,
    ) -> Path:
        """Fetch a file to `path`, which appears, or is replaced, only when it is whole.

        What has arrived is kept beside it in a hidden partial file and continued by the next
        call, in any process, unless `resume` is False. The SHA-256 of the whole is compared with
        the id, and so is every answer's ETag; with `verify_etag` False neither is, only the
        length: for a bank behind a proxy that changes ETags, where another check follows.
        Raises ConflictError where another call is fetching the same file to the same path,
        DigestMismatchError for wrong bytes (once from the start when a partial file was
        continued), and OSError, as for a full disk; the partial file is kept then.
        """
        flow = transfer.download_to_path(
            Digest.parse(file_id),
            Path(path),
            resume=resume,
            verify_etag=verify_etag,
            on_progress=on_progress,
        )
        return self._driver.run(flow)

    def read_range(self, file_id: str, start: int, stop: int) -> bytes:
        """Bytes `start` up to, not including, `stop`; fewer where the file ends before `stop`.

        Raises RangeNotSatisfiableError, with the file's `size`, where it ends at
        or before `start`. Only these bytes are held in memory. A part of a file cannot be
        verified.
        """
        flow = transfer.read_range(Digest.parse(file_id), start, stop)
        return self._driver.run(flow)

    def stream(
        self, file_id: str, *, on_progress: Progress | None = None
    ) -> Generator[bytes, None, None]:
        """A file's bytes in order, in chunks, over as many connections as it takes.

        Raises DigestMismatchError after the last chunk if the whole is not the file.
        """
        return self._driver.iterate(transfer.stream(Digest.parse(file_id), on_progress))

    def head(self, file_id: str) -> FileHead:
        """Size, content type and ETag, from the headers alone."""
        return self._driver.run(files.head(Digest.parse(file_id)).ask())

    def info(self, file_id: str) -> FileAnswer:
        """What the bank knows of a file. Raises NotFoundError."""
        return self._driver.run(files.info(Digest.parse(file_id)).ask())

    def list(
        self, limit: int = LIST_DEFAULT, cursor: str | None = None, prefix: str = ""
    ) -> FilePage:
        """A page of at most 1000 files in digest order.

        `cursor` is the `next_cursor` of the page before.
        """
        return self._driver.run(files.list_page(limit, cursor, prefix).ask())

    def iter_files(self, prefix: str = "") -> Generator[FileAnswer, None, None]:
        """All files whose ids begin with `prefix`, in digest order."""
        for page in self._driver.iterate(pages(prefix)):
            yield from page["items"]

    def batch(self, file_ids: Iterable[str]) -> BatchAnswer:
        """Which of these files are stored, any number of them."""
        digests = [Digest.parse(each) for each in file_ids]
        return self._driver.run(ask_many(digests))

    def delete(self, file_id: str, *, force: bool = False) -> None:
        """Remove a file. One that is not there is no error, unless the service is set so.

        Raises ConflictError for one that a snapshot of the mirror needs, unless with `force`.
        """
        self._driver.run(files.delete(Digest.parse(file_id), force=force))

    def start_job(
        self,
        kind: str,
        arguments: Mapping[str, object] | None = None,
        *,
        key: str | None = None,
        user_id: int = 0,
    ) -> JobAnswer:
        """Have a job done, or get the one that is under way with the same key.

        Without a `key`, kind and arguments are it. Sent again where the answer was lost: a job
        that had begun and ended in between is begun once more. Raises InvalidInputError for a
        kind or arguments that there are not, ConflictError where a job of another kind has the
        key, ForbiddenError where this kind needs another key of the bank.
        """
        return self._driver.run(jobs.start(kind, arguments, key, user_id).ask())

    def get_job(self, job_id: str) -> JobDetail:
        """A job as it is, with its log. Raises JobNotFoundError."""
        return self._driver.run(jobs.get(job_id).ask())

    def list_jobs(
        self,
        limit: int = JOB_LIST_DEFAULT,
        cursor: str | None = None,
        **wanted: Unpack[JobFilter],
    ) -> JobPage:
        """A page of at most 1000 jobs, newest first, of which all that is `wanted` holds.

        `state`, one or several; `kind`; `dataset_id`; `queued_before` and `queued_after`.
        """
        return self._driver.run(jobs.list_page(limit, cursor, wanted).ask())

    def iter_jobs(self, **wanted: Unpack[JobFilter]) -> Generator[JobAnswer, None, None]:
        """All jobs, newest first, of which all that is `wanted` holds, as for `list_jobs`."""
        for page in self._driver.iterate(jobs.pages(wanted)):
            yield from page["items"]

    def cancel_job(self, job_id: str) -> JobAnswer:
        """End a job; what runs of it stops within seconds.

        One that was cancelled before is no error. Raises JobNotFoundError, and ConflictError for
        one that ended otherwise.
        """
        return self._driver.run(jobs.cancel(job_id).ask())

    def retry_job(self, job_id: str) -> JobAnswer:
        """Begin a job anew that failed or was cancelled.

        Raises JobNotFoundError, and ConflictError for any other, or where another has its key.
        """
        return self._driver.run(jobs.retry(job_id))

    def wait_for_job(self, job_id: str, timeout: float | None = None) -> JobDetail:
        """The job when it has ended, whatever its state is then: look at it, nothing is raised.

        Raises TimeoutError after `timeout` seconds, and the last error where the service has
        not answered for a minute.
        """
        return self._driver.run(watching.wait(job_id, timeout))

    def watch_job(self, job_id: str) -> Generator[Watched, None, None]:
        """The job as it is; its events, from the oldest that is kept; the job as it ended.

        Where events rest or cannot be had, the job as it is comes in between: the last JobDetail
        is the one that has ended. Lost connections are made again, for a minute.
        """
        return self._driver.iterate(watching.watch(job_id))

    def ingest_corpus(
        self,
        repo_id: str,
        repo_type: RepoType = "dataset",
        *,
        user_id: int = 0,
        **wanted: Unpack[IngestedFiles],
    ) -> JobAnswer:
        """Bring files of a repository of the Hub into the bank, without registering it; the job.

        Its result is the file, where it is one, else a manifest of all: path, SHA-256, size.
        """
        return self._driver.run(corpus.ingest_corpus(repo_id, repo_type, wanted, user_id).ask())

    def ingest_url(
        self, url: str, *, user_id: int = 0, **said: Unpack[IngestedAddress]
    ) -> JobAnswer:
        """Bring the file at an https address into the bank; the job.

        The service asks only hosts that CORPUS_HOSTS names, and sends no credentials.
        """
        return self._driver.run(corpus.ingest_url(url, said, user_id).ask())

    def register_repository(
        self,
        repo_id: str,
        repo_type: RepoType = "model",
        **options: Unpack[RegistrationOptions],
    ) -> HubJobAnswer:
        """Mirror a repository of the Hub, `org/name`; the job that lists it.

        `revision`, a branch, a tag or a commit, else `main`; `include` and `exclude`, lists of
        patterns such as `*.safetensors`; `vendor` and `name`, words for people. With `download`
        the same job then fetches all of it, with `auto_sync` too, and again every `sync_hours`,
        or 24; with `sync_hours` alone it is listed again. Raises ConflictError
        where it is mirrored already, also by an earlier try whose answer was lost, and
        InvalidInputError for what the Hub would not take.
        """
        return self._driver.run(hub.register(repo_id, repo_type, options).ask())

    def sync_repository(
        self, repo_id: str, repo_type: RepoType = "model", *, download: bool = False
    ) -> HubJobAnswer:
        """List a repository anew; the job, or the one under way. Raises NotFoundError.

        With `download`, or where it keeps itself whole, the same job then fetches all of it.
        """
        return self._driver.run(hub.sync(repo_id, repo_type, download=download).ask())

    def download_repository(self, repo_id: str, repo_type: RepoType = "model") -> HubJobAnswer:
        """Have the bank fetch what is listed and not there; the job. Raises NotFoundError."""
        return self._driver.run(hub.download(repo_id, repo_type).ask())

    def download_artifacts(self, artifact_ids: Iterable[str]) -> HubJobAnswer:
        """As `download_repository`, for 1 to 500 artifacts of any repositories."""
        return self._driver.run(hub.download_artifacts(artifact_ids).ask())

    def scan_folder(self, path: str) -> HubJobAnswer:
        """Take the files of a folder of the server into the bank; the job, or the one under way.

        `path` is relative to one of its SCAN_ROOTS, or absolute below one. Raises ForbiddenError
        where it is not or there are none, and NotFoundError.
        """
        return self._driver.run(hub.scan(path).ask())

    def list_repositories(
        self,
        limit: int = HUB_LIST_DEFAULT,
        cursor: str | None = None,
        repo_type: RepoType | None = None,
        repo_id: str | None = None,
    ) -> RepositoryPage:
        """A page of at most 1000 repositories that are mirrored, newest first.

        Of this type, and of this name on the Hub, which a model and a dataset may have.
        """
        return self._driver.run(hub.list_page(limit, cursor, repo_type, repo_id).ask())

    def iter_repositories(
        self, repo_type: RepoType | None = None, repo_id: str | None = None
    ) -> Generator[RepositoryAnswer, None, None]:
        """All repositories that are mirrored, newest first, as for `list_repositories`."""
        for page in self._driver.iterate(hub.pages(repo_type, repo_id)):
            yield from page["items"]

    def get_repository(self, repository_id: str) -> RepositoryDetail:
        """A repository, by its `repository_id`, its files counted. Raises NotFoundError."""
        return self._driver.run(hub.get(repository_id).ask())

    def change_repository(
        self, repository_id: str, **changes: Unpack[HubChange]
    ) -> RepositoryAnswer:
        """Change what is mirrored of a repository, or when, as `register_repository` has it.

        What is not named stays; None takes back `vendor`, `name` and `sync_hours`. What is listed
        stays until the next sync. Raises NotFoundError, InvalidInputError.
        """
        return self._driver.run(hub.change(repository_id, changes).ask())

    def list_hub_jobs(
        self,
        limit: int = JOB_LIST_DEFAULT,
        cursor: str | None = None,
        **wanted: Unpack[JobFilter],
    ) -> JobPage:
        """As `list_jobs`, of the mirror's jobs alone."""
        return self._driver.run(hub.list_jobs(limit, cursor, wanted).ask())

    def iter_hub_jobs(self, **wanted: Unpack[JobFilter]) -> Generator[JobAnswer, None, None]:
        """As `iter_jobs`, of the mirror's jobs alone."""
        for page in self._driver.iterate(hub.job_pages(wanted)):
            yield from page["items"]

    def get_hub_job(self, job_id: str) -> JobDetail:
        """A job of the mirror, with its log. Raises JobNotFoundError for any other."""
        return self._driver.run(hub.get_job(job_id).ask())

    def list_artifacts(
        self,
        repository_id: str,
        limit: int = HUB_LIST_DEFAULT,
        cursor: str | None = None,
        **wanted: Unpack[ArtifactFilter],
    ) -> ArtifactPage:
        """A page of at most 1000 files of a repository by their paths, as they were listed last.

        Only those of a `status`, or one of several, and of a `type`. Raises NotFoundError.
        """
        return self._driver.run(hub.list_artifacts(repository_id, limit, cursor, wanted).ask())

    def iter_artifacts(
        self, repository_id: str, **wanted: Unpack[ArtifactFilter]
    ) -> Generator[ArtifactAnswer, None, None]:
        """All files of a repository by their paths, as for `list_artifacts`."""
        for page in self._driver.iterate(hub.artifact_pages(repository_id, wanted)):
            yield from page["items"]

    def list_snapshots(
        self, repository_id: str, limit: int = HUB_LIST_DEFAULT, cursor: str | None = None
    ) -> SnapshotPage:
        """A page of at most 1000 snapshots, newest first. Raises NotFoundError."""
        return self._driver.run(hub.list_snapshots(repository_id, limit, cursor).ask())

    def get_snapshot(self, repository_id: str, commit: str) -> SnapshotAnswer:
        """The snapshot of a commit; its manifest is a file of the bank. Raises NotFoundError."""
        return self._driver.run(hub.get_snapshot(repository_id, commit).ask())

    def delete_repository(self, repository_id: str) -> None:
        """Forget a repository and its snapshots, never a file. Raises NotFoundError."""
        self._driver.run(hub.delete(repository_id))

    def search_datasets(
        self,
        search: str = "",
        limit: int = DATASETS_DEFAULT,
        offset: int = 0,
        **wanted: Unpack[DatasetFilter],
    ) -> DatasetPage:
        """Datasets of the catalog, the Hub's, mirrored or not: at most 1000 from `offset` on.

        Each word of `search` is the beginning of a word of the id, description, tags or author;
        with a slash in it, or without a letter or digit, it is a part of the id. An exact id comes
        first. `impact` is a level or several, `tag` a whole tag or several, all of which are there;
        `sort_by` downloads, likes or size_bytes, `sort_order` desc or asc. Raises
        ServiceUnavailableError where the catalog is away, or is not searchable yet.
        """
        return self._driver.run(catalog.list_page(search, limit, offset, wanted).ask())

    def iter_datasets(
        self, search: str = "", **wanted: Unpack[DatasetFilter]
    ) -> Generator[DatasetAnswer, None, None]:
        """All of these datasets, page by page; what a refresh moves meanwhile may come twice."""
        for page in self._driver.iterate(catalog.pages(search, wanted)):
            yield from page["items"]

    def get_dataset(self, dataset_id: str) -> DatasetAnswer:
        """A dataset of the catalog, by its id on the Hub. Raises NotFoundError."""
        return self._driver.run(catalog.get(dataset_id).ask())

    def list_dataset_commits(
        self, dataset_id: str, limit: int = COMMITS_DEFAULT, revision: str = "main"
    ) -> DatasetCommits:
        """The newest commits of a dataset, at most 1000, as the Hub tells. Raises NotFoundError."""
        return self._driver.run(catalog.commits(dataset_id, revision, limit).ask())

    def list_dataset_files(
        self, dataset_id: str, limit: int = FILES_DEFAULT, revision: str = "main"
    ) -> DatasetFiles:
        """The files of a dataset by their paths, at most 1000, as the Hub tells.

        `file_id` is there where the bank has the file. Raises NotFoundError.
        """
        return self._driver.run(catalog.files(dataset_id, revision, limit).ask())

    def get_dataset_file_url(
        self, dataset_id: str, filename: str, revision: str = "main"
    ) -> FileUrl:
        """Where a file of a dataset can be fetched without a key, as an absolute address.

        Of a mirrored file it is the bank's own, good for 15 minutes; else the Hub's, which may
        ask for a token. Raises NotFoundError.
        """
        found = self._driver.run(catalog.file_url(dataset_id, filename, revision).ask())
        return catalog.absolute(found, str(self._driver.base_url))

    def catalog_status(self) -> CacheStatus:
        """How many datasets the catalog has, as of when, and whether it is being refreshed."""
        return self._driver.run(catalog.status().ask())

    def catalog_meta(self) -> CatalogMeta:
        """What is kept beside the catalog that is served: the generation that it is, too."""
        return self._driver.run(catalog.meta().ask())

    def refresh_catalog(self, *, full: bool | None = None, force: bool = False) -> CatalogJobAnswer:
        """Have the catalog refreshed: the job, or the one under way.

        `full` crawls all of the Hub's list, False what changed since the last time; without it the
        service decides. `force` takes a list that lost more than a fifth for true. Raises
        ConflictError where the service has no token for the Hub.
        """
        return self._driver.run(catalog.refresh(full=full, force=force).ask())

    def memory_status(self) -> MemoryStatus:
        """The memory of the service's process that answers, of its machine, its collector."""
        return self._driver.run(catalog.memory().ask())

    def create_webhook(
        self,
        url: str,
        types: Iterable[str] | None = None,
        secret: str | None = None,
        user_id: int = 0,
    ) -> NewWebhook:
        """Have an https address called for events: of these types, or of all.

        The secret that the calls are signed with is in this answer and in none after it; one is
        made unless given (16 to 200 characters of printable ASCII). With a `user_id`, only for
        the jobs of that user. `data_bank_client.webhooks.verify` is for who is called. This is
        not sent again when the connection fails, since there could be two webhooks then. Raises
        InvalidInputError for an address that may not be called, ConflictError where there are
        too many.
        """
        return self._driver.run(webhooks.create(url, types, secret, user_id).ask())

    def list_webhooks(
        self, limit: int = WEBHOOK_LIST_DEFAULT, cursor: str | None = None
    ) -> WebhookPage:
        """A page of at most 1000 webhooks, newest first, without their secrets."""
        return self._driver.run(webhooks.list_page(limit, cursor).ask())

    def delete_webhook(self, webhook_id: str) -> None:
        """Remove a webhook and what is still to be delivered to it; it may be gone already."""
        self._driver.run(webhooks.delete(webhook_id).ask())

    def list_deliveries(
        self, webhook_id: str, limit: int = WEBHOOK_LIST_DEFAULT, cursor: str | None = None
    ) -> DeliveryPage:
        """A page of a webhook's deliveries, newest first: how each went. Raises NotFoundError."""
        return self._driver.run(webhooks.list_deliveries(webhook_id, limit, cursor).ask())

    def events(
        self,
        types: Iterable[str] | None = None,
        job_id: str | None = None,
        last_event_id: str | None = None,
    ) -> Generator[SeenEvent, None, None]:
        """What happens to jobs from now on, of these EVENT_TYPES and of this job, without end.

        With the `id` of a SeenEvent as `last_event_id` it goes on after that one, in any process,
        as far as the service keeps events; with `"0"` it begins with the oldest that is kept.
        A lost connection is made again where it was lost, for a minute; none comes twice.
        Closing the iterator closes the connection.
        """
        return self._driver.iterate(events.follow(types, job_id, last_event_id))
