"""What the routes of the catalog tell. Pages are joined of bytes that lie ready (CatalogReader)."""

from data_bank_api.catalog.index.question import Question
from data_bank_api.catalog.store import Status
from data_bank_api.hub.history import Commits, HubCommit
from data_bank_api.hub.snapshots import SnapshotFile
from data_bank_api.hub.tree import TreeFile
from data_bank_api.queue.job import Job
from data_bank_client.wire.catalog import (
    CacheStatus,
    CatalogJobAnswer,
    CatalogMeta,
    DatasetCommit,
    DatasetCommits,
    DatasetFile,
)
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.times import format_time


def page_json(asked: Question, total: int, items: bytes, *, is_warming_up: bool) -> bytes:
    """A DatasetPage. `items`: what stands in a list of JSON."""
    page, pages = asked.offset // asked.limit + 1, -(-total // asked.limit)
    following = page + 1 if asked.offset + asked.limit < total else None
    before = min(page - 1, pages) or None
    return (
        b'{"total":%d,"current_page":%d,"total_pages":%d,' % (total, page, pages)
        + b'"next_page":%b,"prev_page":%b,"items":[' % (_number(following), _number(before))
        + items
        + b'],"warming_up":%b}\n' % (b"true" if is_warming_up else b"false")
    )


def tell_status(status: Status) -> CacheStatus:
    return CacheStatus(
        total_items=status.total_items,
        last_update=_last_update(status),
        warming_up=status.generation is None,
        refreshing=status.is_refreshing,
    )


def tell_meta(status: Status) -> CatalogMeta:
    return CatalogMeta(
        generation=status.generation,
        last_update=_last_update(status),
        total_items=status.total_items,
        refreshing=status.is_refreshing,
    )


def tell_refresh(job: Job) -> CatalogJobAnswer:
    message = f"refresh of the catalog: {job.state}"
    return CatalogJobAnswer(job_id=job.job_id, status=job.state, message=message)


def tell_commits(found: Commits) -> DatasetCommits:
    items = [_tell_commit(each) for each in found.commits]
    return DatasetCommits(items=items, has_more=found.has_more)


def tell_listed(file: TreeFile, held: Digest | None) -> DatasetFile:
    """A file as the Hub lists it; `held`: what it is in the bank."""
    return DatasetFile(
        path=file.path.text,
        size=file.size,
        oid=file.oid,
        sha256=None if file.sha256 is None else file.sha256.hex,
        file_id=None if held is None else held.hex,
    )


def tell_mirrored(file: SnapshotFile) -> DatasetFile:
    return DatasetFile(
        path=file.path.text,
        size=file.size,
        oid=file.oid,
        sha256=file.digest.hex if file.is_lfs else None,
        file_id=file.digest.hex,
    )


def _tell_commit(commit: HubCommit) -> DatasetCommit:
    return DatasetCommit(
        id=commit.id,
        title=commit.title,
        message=commit.message,
        authors=[each.user for each in commit.authors],
        date=commit.date,
    )


def _last_update(status: Status) -> str | None:
    return None if status.last_update is None else format_time(status.last_update)


def _number(number: int | None) -> bytes:
    return b"null" if number is None else b"%d" % number
