"""The calls about the catalog of datasets, one function a route of docs/api.md, and all pages."""

from collections.abc import Sequence
from typing import TypedDict, TypeVar
from urllib.parse import quote

import msgspec

from data_bank_client.calls.answers import json_reader
from data_bank_client.calls.call import Call, Flow, Give, Request
from data_bank_client.errors import InvalidInputError
from data_bank_client.wire.catalog import (
    DATASETS_LIMIT,
    CacheStatus,
    CatalogJobAnswer,
    CatalogMeta,
    DatasetAnswer,
    DatasetCommits,
    DatasetFiles,
    DatasetPage,
    DatasetSort,
    FileUrl,
    ImpactLevel,
    MemoryStatus,
    RefreshQuestion,
    SortOrder,
)

ROOT = "/api/datasets"

T = TypeVar("T")


class DatasetFilter(TypedDict, total=False):
    """Which datasets: those of one of these impacts, with all of these tags; in which order."""

    impact: ImpactLevel | Sequence[ImpactLevel] | None
    tag: str | Sequence[str] | None
    sort_by: DatasetSort | None
    sort_order: SortOrder | None


def list_page(search: str, limit: int, offset: int, wanted: DatasetFilter) -> Call[DatasetPage]:
    """A page of datasets. Raises InvalidInputError for text that cannot be sent."""
    query = {"limit": str(limit), "offset": str(offset), **_said(search, wanted)}
    return Call(Request("GET", ROOT, query=query), json_reader(DatasetPage, 200))


def pages(search: str, wanted: DatasetFilter) -> Flow[DatasetPage, None]:
    """Every page of these datasets, until one is empty."""
    offset = 0
    while True:
        page = yield from list_page(search, DATASETS_LIMIT, offset, wanted).ask()
        if not page["items"]:
            return
        yield Give(page)
        offset += len(page["items"])


def get(dataset_id: str) -> Call[DatasetAnswer]:
    """A dataset. Raises InvalidInputError for what cannot be an id, as all of these do."""
    return _of(dataset_id, "", {}, DatasetAnswer)


def commits(dataset_id: str, revision: str, limit: int) -> Call[DatasetCommits]:
    """The newest commits of a revision."""
    query = _texts(revision=revision) | {"limit": str(limit)}
    return _of(dataset_id, "/commits", query, DatasetCommits)


def files(dataset_id: str, revision: str, limit: int) -> Call[DatasetFiles]:
    """The files of a revision."""
    query = _texts(revision=revision) | {"limit": str(limit)}
    return _of(dataset_id, "/files", query, DatasetFiles)


def file_url(dataset_id: str, filename: str, revision: str) -> Call[FileUrl]:
    """Where a file of a revision can be fetched without a key."""
    query = _texts(filename=filename, revision=revision)
    return _of(dataset_id, "/file-url", query, FileUrl)


def absolute(found: FileUrl, base_url: str) -> FileUrl:
    """The same, its `url` with the bank's address before it where it is a path of the bank's."""
    url = found["url"]
    return {**found, "url": base_url.rstrip("/") + url if url.startswith("/") else url}


def status() -> Call[CacheStatus]:
    """How many datasets there are, as of when."""
    return Call(Request("GET", f"{ROOT}/cache-status"), json_reader(CacheStatus, 200))


def meta() -> Call[CatalogMeta]:
    """What is kept beside the catalog that is served."""
    return Call(Request("GET", f"{ROOT}/meta"), json_reader(CatalogMeta, 200))


def memory() -> Call[MemoryStatus]:
    """The memory of the process that answers."""
    return Call(Request("GET", f"{ROOT}/memory-status"), json_reader(MemoryStatus, 200))


def refresh(*, full: bool | None, force: bool) -> Call[CatalogJobAnswer]:
    """Have the catalog refreshed."""
    body = msgspec.json.encode(RefreshQuestion(full=full, force=force))
    headers = {"Content-Type": "application/json"}
    request = Request("POST", f"{ROOT}/refresh-cache", headers=headers, body=body)
    return Call(request, json_reader(CatalogJobAnswer, 202))


def _of(dataset_id: str, about: str, query: dict[str, str], kind: type[T]) -> Call[T]:
    """With its slash encoded an id is one segment, and no other route is meant by its end."""
    parts = dataset_id.split("/")
    if len(parts) > 2 or any(part in {"", ".", ".."} for part in parts):
        raise InvalidInputError("the id of a dataset is `name` or `org/name`")
    name = quote(_texts(id=dataset_id)["id"], safe="")
    return Call(Request("GET", f"{ROOT}/{name}{about}", query=query), json_reader(kind, 200))


def _said(search: str, wanted: DatasetFilter) -> dict[str, Sequence[str]]:
    """Several impacts are one parameter with commas, several tags are several."""
    impacts, tags = _listed(wanted.get("impact")), _listed(wanted.get("tag"))
    one = {"search": search, "impact": ",".join(impacts)}
    one |= {"sort_by": wanted.get("sort_by") or "", "sort_order": wanted.get("sort_order") or ""}
    for each in tags:
        _texts(tag=each)
    said: dict[str, Sequence[str]] = {name: text for name, text in _texts(**one).items() if text}
    return {**said, "tag": tags} if tags else said


def _listed(value: str | Sequence[str] | None) -> Sequence[str]:
    return [value] if isinstance(value, str) else value or []


def _texts(**said: str) -> dict[str, str]:
    for name, text in said.items():
        try:
            text.encode()
        except UnicodeEncodeError:  # which holds the text
            raise InvalidInputError(f"{name}: this is no text that UTF-8 can write") from None
    return said
