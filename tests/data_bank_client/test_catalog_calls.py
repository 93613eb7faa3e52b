"""Both clients search the catalog of datasets, look at one, and have it refreshed."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from typing import Protocol, TypeVar, Unpack

import httpx2
import msgspec
import pytest

from data_bank_client import (
    AsyncDataBankClient,
    CacheStatus,
    CatalogJobAnswer,
    CatalogMeta,
    DataBankClient,
    DatasetAnswer,
    DatasetCommit,
    DatasetCommits,
    DatasetFile,
    DatasetFiles,
    DatasetFilter,
    DatasetPage,
    FileUrl,
    InvalidInputError,
    MemoryStatus,
    NotFoundError,
    UnexpectedAnswerError,
)
from tests.data_bank_client.fake_bank import ADDRESS, KEY, failing
from tests.data_bank_client.fake_catalog import (
    DATASETS,
    REFRESH_TOLD,
    dataset,
    file_url,
    listing,
    page,
)
from tests.data_bank_client.fake_hub import answering
from tests.data_bank_client.fake_jobs import AT, JobBank

T = TypeVar("T")
STATUS = CacheStatus(total_items=7, last_update=AT, warming_up=False, refreshing=True)
META = CatalogMeta(generation="g1", last_update=AT, total_items=7, refreshing=False)
MEMORY: MemoryStatus = {
    "process": {"pid": 7, "rss_bytes": 1, "peak_rss_bytes": None, "threads": 3},
    "system": {"total_bytes": 2, "available_bytes": None},
    "garbage_collector": [
        {"threshold": 700, "count": 1, "collections": 2, "collected": 3, "uncollectable": 0}
    ],
}
COMMIT = DatasetCommit(id="c" * 40, title="more", message="", authors=["someone"], date=AT)
FILE = DatasetFile(path="a b.csv", size=7, oid="b" * 40, sha256=None, file_id="d" * 64)


class Face(Protocol):
    """What is called of a client here."""

    def close(self) -> None: ...
    def search_datasets(
        self, search: str = "", limit: int = 10, offset: int = 0, **wanted: Unpack[DatasetFilter]
    ) -> DatasetPage: ...
    def iter_datasets(
        self, search: str = "", **wanted: Unpack[DatasetFilter]
    ) -> Iterator[DatasetAnswer]: ...
    def get_dataset(self, dataset_id: str) -> DatasetAnswer: ...
    def list_dataset_commits(
        self, dataset_id: str, limit: int = 50, revision: str = "main"
    ) -> DatasetCommits: ...
    def list_dataset_files(
        self, dataset_id: str, limit: int = 1000, revision: str = "main"
    ) -> DatasetFiles: ...
    def get_dataset_file_url(
        self, dataset_id: str, filename: str, revision: str = "main"
    ) -> FileUrl: ...
    def catalog_status(self) -> CacheStatus: ...
    def catalog_meta(self) -> CatalogMeta: ...
    def refresh_catalog(
        self, *, full: bool | None = None, force: bool = False
    ) -> CatalogJobAnswer: ...
    def memory_status(self) -> MemoryStatus: ...


class Awaited:
    """An AsyncDataBankClient, each call of which is awaited."""

    def __init__(self, bank: AsyncDataBankClient) -> None:
        self._bank = bank
        self._runner = asyncio.Runner()

    def close(self) -> None:
        self._runner.run(self._bank.aclose())
        self._runner.close()

    def search_datasets(
        self, search: str = "", limit: int = 10, offset: int = 0, **wanted: Unpack[DatasetFilter]
    ) -> DatasetPage:
        return self._runner.run(self._bank.search_datasets(search, limit, offset, **wanted))

    def iter_datasets(
        self, search: str = "", **wanted: Unpack[DatasetFilter]
    ) -> Iterator[DatasetAnswer]:
        return iter(self._all(self._bank.iter_datasets(search, **wanted)))

    def get_dataset(self, dataset_id: str) -> DatasetAnswer:
        return self._runner.run(self._bank.get_dataset(dataset_id))

    def list_dataset_commits(
        self, dataset_id: str, limit: int = 50, revision: str = "main"
    ) -> DatasetCommits:
        return self._runner.run(self._bank.list_dataset_commits(dataset_id, limit, revision))

    def list_dataset_files(
        self, dataset_id: str, limit: int = 1000, revision: str = "main"
    ) -> DatasetFiles:
        return self._runner.run(self._bank.list_dataset_files(dataset_id, limit, revision))

    def get_dataset_file_url(
        self, dataset_id: str, filename: str, revision: str = "main"
    ) -> FileUrl:
        return self._runner.run(self._bank.get_dataset_file_url(dataset_id, filename, revision))

    def catalog_status(self) -> CacheStatus:
        return self._runner.run(self._bank.catalog_status())

    def catalog_meta(self) -> CatalogMeta:
        return self._runner.run(self._bank.catalog_meta())

    def refresh_catalog(self, *, full: bool | None = None, force: bool = False) -> CatalogJobAnswer:
        return self._runner.run(self._bank.refresh_catalog(full=full, force=force))

    def memory_status(self) -> MemoryStatus:
        return self._runner.run(self._bank.memory_status())

    def _all(self, items: AsyncGenerator[T, None]) -> Iterable[T]:
        async def gather() -> list[T]:
            return [each async for each in items]

        return self._runner.run(gather())


@pytest.fixture
def bank() -> JobBank:
    return JobBank()


@pytest.fixture(params=["blocking", "asynchronous"])
def client(request: pytest.FixtureRequest, bank: JobBank) -> Iterator[Face]:
    face: Face
    if request.param == "blocking":
        face = DataBankClient(ADDRESS, KEY, transport=bank.transport)
    else:
        face = Awaited(AsyncDataBankClient(ADDRESS, KEY, transport=bank.transport))
    yield face
    face.close()


def test_a_page_of_datasets_is_of_what_is_wanted(bank: JobBank, client: Face) -> None:
    bank.kept[f"GET {DATASETS}"] = answering(200, page([dataset()], 5))
    assert client.search_datasets() == page([dataset()], 5)
    client.search_datasets(
        "größe 数据\u3000c++ 100%",
        7,
        14,
        impact="high",
        tag="a b",
        sort_by="likes",
        sort_order=None,
    )
    client.search_datasets(impact=["high", "low"], tag=["a", "b"], sort_order="asc")
    assert bank.requests.pop().url.params.multi_items() == [
        ("limit", "10"),
        ("offset", "0"),
        ("impact", "high,low"),
        ("sort_order", "asc"),
        ("tag", "a"),
        ("tag", "b"),
    ]
    assert [dict(each.url.params) for each in bank.requests] == [
        {"limit": "10", "offset": "0"},
        {"search": "größe 数据\u3000c++ 100%", "limit": "7", "offset": "14"}
        | {"impact": "high", "tag": "a b", "sort_by": "likes"},
    ]


def test_all_datasets_come_page_by_page_until_there_are_no_more(
    bank: JobBank, client: Face
) -> None:
    whole = [dataset(f"org/{number}") for number in range(5)]
    bank.kept[f"GET {DATASETS}"] = listing(*whole)
    assert list(client.iter_datasets("org", impact="medium")) == whole
    asked = [dict(each.url.params) for each in bank.requests]
    assert [each["offset"] for each in asked] == ["0", "2", "4", "5"]
    assert {(each["search"], each["impact"], each["limit"]) for each in asked} == {
        ("org", "medium", "1000")
    }


def raw_path(request: httpx2.Request) -> str:
    return request.url.raw_path.decode().removeprefix("/prefix")


@pytest.mark.parametrize("name", ["org/commits", "org/data", "squad", "o-r.g/%20 ?#"])
def test_a_dataset_is_asked_about_with_its_slash_encoded(
    bank: JobBank, client: Face, name: str
) -> None:
    told: dict[str, object] = {
        "": dataset(name),
        "/commits": DatasetCommits(items=[COMMIT], has_more=True),
        "/files": DatasetFiles(items=[FILE], has_more=False),
        "/file-url": file_url("https://hub.example/a.csv"),
    }
    for about, answer in told.items():
        bank.kept[f"GET {DATASETS}/{name}{about}"] = answering(200, answer)
    assert client.get_dataset(name) == told[""]
    assert client.list_dataset_commits(name, 7, "v1") == told["/commits"]
    assert client.list_dataset_files(name, revision="refs/pr/1") == told["/files"]
    assert client.get_dataset_file_url(name, "a b/ü.csv") == told["/file-url"]
    quoted = name.replace("/", "%2F").replace("%20 ?#", "%2520%20%3F%23")
    assert [raw_path(each).partition("?")[0] for each in bank.requests] == [
        f"{DATASETS}/{quoted}{about}" for about in told
    ]
    assert [dict(each.url.params) for each in bank.requests] == [
        {},
        {"limit": "7", "revision": "v1"},
        {"limit": "1000", "revision": "refs/pr/1"},
        {"filename": "a b/ü.csv", "revision": "main"},
    ]


def test_an_address_of_the_bank_is_told_whole(bank: JobBank, client: Face) -> None:
    path = f"/files/{'d' * 64}?expires=7&signature=ab"
    told = file_url(path, "d" * 64)
    bank.kept[f"GET {DATASETS}/org/data/file-url"] = answering(200, told)
    found = client.get_dataset_file_url("org/data", "a b.csv")
    assert found == {**told, "url": f"{ADDRESS}{path}"}


def test_the_catalog_tells_of_itself(bank: JobBank, client: Face) -> None:
    bank.kept[f"GET {DATASETS}/cache-status"] = answering(200, STATUS)
    bank.kept[f"GET {DATASETS}/meta"] = answering(200, META)
    bank.kept[f"GET {DATASETS}/memory-status"] = answering(200, MEMORY)
    assert client.catalog_status() == STATUS
    assert client.catalog_meta() == META
    assert client.memory_status() == MEMORY


def test_a_refresh_is_asked_for(bank: JobBank, client: Face) -> None:
    bank.kept[f"POST {DATASETS}/refresh-cache"] = answering(202, REFRESH_TOLD)
    assert client.refresh_catalog() == REFRESH_TOLD
    client.refresh_catalog(full=True, force=True)
    sent = [msgspec.json.decode(each.content) for each in bank.requests]
    assert sent == [{"full": None, "force": False}, {"full": True, "force": True}]


def test_a_dataset_that_is_not_there_is_not_found(bank: JobBank, client: Face) -> None:
    bank.faults = [failing(NotFoundError("there is no such dataset"))]
    with pytest.raises(NotFoundError, match="no such dataset"):
        client.get_dataset("org/none")


def test_an_answer_of_another_shape_is_unexpected(bank: JobBank, client: Face) -> None:
    bank.kept[f"GET {DATASETS}/org/data"] = answering(200, {**dataset(), "impact": "huge"})
    with pytest.raises(UnexpectedAnswerError, match="huge"):
        client.get_dataset("org/data")


@pytest.mark.parametrize("name", ["", "a/b/c", "/a", "a/", "..", "org/.", "\udcff"])
def test_what_can_be_no_id_of_a_dataset_is_not_asked_about(
    bank: JobBank, client: Face, name: str
) -> None:
    calls: list[Callable[[str], object]] = [
        client.get_dataset,
        client.list_dataset_commits,
        client.list_dataset_files,
        lambda name: client.get_dataset_file_url(name, "a"),
    ]
    for call in calls:
        with pytest.raises(InvalidInputError):
            call(name)
    assert bank.requests == []


def test_text_that_cannot_be_sent_is_not_sent(bank: JobBank, client: Face) -> None:
    calls: list[Callable[[str], object]] = [
        client.search_datasets,
        lambda text: client.search_datasets(tag=text),
        lambda text: client.list_dataset_files("a", revision=text),
        lambda text: client.list_dataset_commits("a", revision=text),
        lambda text: client.get_dataset_file_url("a", text),
        lambda text: client.get_dataset_file_url("a", "a", text),
    ]
    for call in calls:
        with pytest.raises(InvalidInputError, match="UTF-8"):
            call("\ud800")
    assert bank.requests == []
