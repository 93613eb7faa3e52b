"""What the routes of the catalog ask of Redis, the index and the Hub: to be called in a pool."""

from dataclasses import dataclass
from datetime import UTC, datetime

from data_bank_api.api.routes.catalog_answer import (
    page_json,
    tell_commits,
    tell_listed,
    tell_mirrored,
)
from data_bank_api.auth.signature import Signer
from data_bank_api.blobs.store import BlobReader
from data_bank_api.catalog.index.question import Found, Question
from data_bank_api.catalog.index.shelf import IndexNotReadyError, Shelf
from data_bank_api.catalog.refresher import TOKENLESS
from data_bank_api.catalog.store import CatalogReader
from data_bank_api.db.database import Database
from data_bank_api.hub.holdings import Holdings
from data_bank_api.hub.hub_path import HubPath
from data_bank_api.hub.live import LiveHub
from data_bank_api.hub.registry import Registry
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.hub.revision import is_commit
from data_bank_api.hub.snapshots import Snapshot, SnapshotFile, Snapshots
from data_bank_api.jobs.kinds.catalog_refresh import CatalogRefresh
from data_bank_api.jobs.kinds.table import arguments_of
from data_bank_api.queue.job import Job, NewJob
from data_bank_api.queue.jobs import Jobs
from data_bank_client.errors import ConflictError, NotFoundError
from data_bank_client.wire.catalog import DatasetCommits, DatasetFiles, FileUrl
from data_bank_client.wire.times import format_time


@dataclass(frozen=True, slots=True)
class CatalogDesk:
    reader: CatalogReader
    shelf: Shelf

    def page(self, asked: Question) -> bytes:
        """A DatasetPage in JSON. Raises IndexNotReadyError."""
        if asked.is_plain:
            page = self.reader.page(
                asked.sort, asked.offset, asked.limit, descending=asked.is_descending
            )
            is_warming_up = page.generation is None
            return page_json(asked, page.total, page.items, is_warming_up=is_warming_up)
        found = self._search(asked)
        items = self.reader.documents(found.ids) if found is not None and found.ids else b""
        total = 0 if found is None else found.total
        return page_json(asked, total, items, is_warming_up=found is None)

    def one(self, dataset_id: str) -> bytes:
        """Raises NotFoundError."""
        found = self.reader.one(dataset_id)
        if found is None:
            raise NotFoundError("there is no such dataset in the catalog")
        return found

    def _search(self, asked: Question) -> Found | None:
        """None while there is no catalog."""
        try:
            return self.shelf.search(asked)
        except IndexNotReadyError:
            if self.reader.status().generation is None:
                return None
            raise


@dataclass(frozen=True, slots=True)
class DatasetDesk:
    """Of one dataset: as it is mirrored, where it is, else as the Hub tells of it now."""

    database: Database
    store: BlobReader
    live: LiveHub
    signer: Signer

    def commits(self, name: RepoName, revision: str, limit: int) -> DatasetCommits:
        return tell_commits(self.live.commits(name, revision, limit))

    def files(self, name: RepoName, revision: str, limit: int) -> DatasetFiles:
        snapshot = self._snapshot(name, revision)
        if snapshot is not None:
            mirrored = Snapshots(self.database).files(snapshot, None, limit + 1)
            items = [tell_mirrored(each) for each in mirrored[:limit]]
            return DatasetFiles(items=items, has_more=len(mirrored) > limit)
        found = self.live.files(name, revision, limit)
        held = Holdings(self.database, self.store).find(found.files)
        items = [tell_listed(each, held.get(each)) for each in found.files]
        return DatasetFiles(items=items, has_more=found.has_more)

    def file_url(self, name: RepoName, revision: str, path: HubPath) -> FileUrl:
        file = self._mirrored(name, revision, path)
        if file is None:
            url = self.live.address(name, revision, path)
            return _file_url(url, path, revision, None, None)
        signed = self.signer.sign(file.digest)
        return _file_url(signed.path, path, revision, file.digest.hex, signed.expires)

    def _mirrored(self, name: RepoName, revision: str, path: HubPath) -> SnapshotFile | None:
        """A file that the bank has, sound."""
        snapshot = self._snapshot(name, revision)
        file = snapshot and Snapshots(self.database).file(snapshot, path.text)
        holdings = Holdings(self.database, self.store)
        return file if file and holdings.has(file.digest, file.size) else None

    def _snapshot(self, name: RepoName, revision: str) -> Snapshot | None:
        """What the bank has of a revision: the newest snapshot of the branch that is mirrored, or
        that of a commit."""
        try:
            repository = Registry(self.database).find(name)
            is_head = revision == repository.asked.revision and not is_commit(revision)
            commit = repository.head if is_head else revision
            return Snapshots(self.database).get(repository.repository_id, commit or "")
        except NotFoundError:
            return None


@dataclass(frozen=True, slots=True)
class RefreshDesk:
    jobs: Jobs
    has_token: bool

    def ask(self, asked: CatalogRefresh) -> Job:
        """The job that does it, new or under way. Raises ConflictError without a token."""
        if not self.has_token:
            raise ConflictError(TOKENLESS)
        return self.jobs.enqueue(NewJob(asked.name, arguments_of(asked)))


def _file_url(
    url: str, path: HubPath, revision: str, file_id: str | None, expires: int | None
) -> FileUrl:
    until = None if expires is None else format_time(datetime.fromtimestamp(expires, UTC))
    return FileUrl(
        url=url, filename=path.text, revision=revision, file_id=file_id, expires_at=until
    )
