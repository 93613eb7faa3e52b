"""The catalog as it is read from a real Redis."""

from dataclasses import replace

import msgspec
import pytest

from data_bank_api.catalog.document import Document, served_json, stored_json
from data_bank_api.catalog.keys import GenerationKeys, Sort
from data_bank_api.catalog.reader import BATCH, RedisCatalog
from data_bank_api.catalog.store import CatalogReader, CatalogSource, Page, Status
from data_bank_client.errors import NotFoundError, ServiceUnavailableError
from tests.data_bank_api.catalog.refreshing import Desk, refreshed
from tests.fakes.redis_server import RedisServer
from tests.fakes.refresher import Listing

DOCUMENTS = [
    Document("a", downloads=5, likes=1, size_bytes=None),
    Document("b", downloads=5, likes=3, size_bytes=0),
    Document("c", downloads=7, likes=2, size_bytes=100),
]


def ids(items: bytes) -> str:
    return "".join(
        each.id for each in msgspec.json.decode(b"[" + items + b"]", type=list[Document])
    )


@pytest.mark.parametrize(
    ("sort", "rising"),
    [("order", "abc"), ("downloads", "abc"), ("likes", "acb"), ("size_bytes", "abc")],
)
def test_pages_come_by_rank_equal_ones_by_their_ids_and_unknown_sizes_as_the_least(
    desk: Desk, sort: Sort, rising: str
) -> None:
    refreshed(desk, DOCUMENTS)
    catalog: CatalogReader = desk.catalog
    assert ids(catalog.page(sort, 0, 10, descending=False).items) == rising
    assert ids(catalog.page(sort, 0, 10, descending=True).items) == rising[::-1]
    pages = [catalog.page(sort, offset, 1, descending=False) for offset in range(4)]
    assert [ids(each.items) for each in pages] == [*rising, ""]
    assert {each.total for each in pages} == {3}


def test_an_empty_catalog_is_no_error(desk: Desk) -> None:
    catalog = desk.catalog
    assert catalog.page("likes", 0, 10, descending=True) == Page(None, 0, b"")
    assert (catalog.documents(["a"]), catalog.one("a"), catalog.current()) == (b"", None, None)
    assert catalog.status() == Status(None, 0, None, None, is_refreshing=False)


def test_documents_are_had_by_their_ids_in_that_order(desk: Desk) -> None:
    refreshed(desk, DOCUMENTS)
    assert ids(desk.catalog.documents(["c", "gone", "a"])) == "ca"
    assert desk.catalog.documents([]) == b""
    assert desk.catalog.one("b") == served_json(stored_json(DOCUMENTS[1]))
    assert desk.catalog.one("gone") is None


def test_a_generation_is_had_in_batches_by_who_makes_an_index(desk: Desk) -> None:
    many = [Document(f"{number:04}") for number in range(BATCH + 1)]
    refreshed(desk, many)
    source: CatalogSource = desk.catalog
    current = source.current()
    assert current is not None
    batches = list(source.scan(current))
    assert [len(each) for each in batches] == [BATCH, 1]
    assert [each for batch in batches for each in batch] == many
    assert source.updates_from(current) == "0-0"


def test_an_index_of_a_generation_follows_the_stream_from_when_it_was_crawled(desk: Desk) -> None:
    refreshed(desk, DOCUMENTS)
    desk.increment_of(Document("d"))
    replace(desk.full(), source=Listing(DOCUMENTS)).run(force=True)
    desk.increment_of(Document("e"))
    current = desk.catalog.current()
    assert current is not None
    follows = desk.catalog.updates(desk.catalog.updates_from(current), 10)
    assert [each.document.id for each in follows] == ["e"]


def test_a_generation_that_is_removed_meanwhile_is_not_taken_for_whole(desk: Desk) -> None:
    refreshed(desk, DOCUMENTS)
    current = desk.catalog.current()
    assert current is not None
    scanned = desk.catalog.scan(current)
    assert len(next(iter(scanned))) == 3
    desk.client.delete(*GenerationKeys(current).all)
    with pytest.raises(NotFoundError, match="gone"):
        next(iter(scanned))
    assert desk.catalog.updates_from(current) == "0-0"


def test_a_dataset_whose_name_says_something_to_redis_is_just_a_name(desk: Desk) -> None:
    odd = [Document(each) for each in ("-", "+", "(a", "[b", "a b", "é", "*")]
    refreshed(desk, odd)
    assert sorted(desk.ids()) == sorted(each.id for each in odd)
    assert [len(batch) for batch in desk.catalog.scan(desk.catalog.current() or "")] == [7]


def test_redis_away_is_told_as_such(own_redis: RedisServer) -> None:
    with own_redis.connect() as client:
        catalog = RedisCatalog(client)
        own_redis.kill()
        questions = (
            lambda: catalog.page("order", 0, 1, descending=False),
            lambda: catalog.documents(["a"]),
            catalog.status,
            catalog.current,
            lambda: catalog.updates_from("x"),
            lambda: next(catalog.scan("x")),
            lambda: catalog.updates("0-0", 1),
        )
        for ask in questions:
            with pytest.raises(ServiceUnavailableError):
                ask()


def test_a_catalog_that_has_lost_what_is_known_of_it_needs_a_refresh(desk: Desk) -> None:
    refreshed(desk, DOCUMENTS)
    desk.client.delete(GenerationKeys(desk.catalog.current() or "").meta)
    assert desk.catalog.status() == Status(None, 0, None, None, is_refreshing=False)
    refreshed(desk, DOCUMENTS)
    assert desk.catalog.status().total_items == len(DOCUMENTS)
