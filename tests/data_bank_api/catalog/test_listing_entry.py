"""What the Hub lists is data from outside: bad entries are left out, bad pages refused."""

import tracemalloc
from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_bank_api.catalog.document import Document, read_document, stored_json
from data_bank_api.catalog.listing_entry import (
    LONGEST_DESCRIPTION,
    LONGEST_TAG,
    LONGEST_TAGS,
    MOST_ENTRIES,
    MOST_TAGS,
    read_listing,
)
from data_bank_client.errors import ExternalServiceError

Json = dict[str, object]


def read(*entries: object) -> list[Document]:
    documents, skipped = read_listing(msgspec.json.encode(entries))
    assert len(documents) + skipped == len(entries)
    return documents


def one(**told: object) -> Document:
    (document,) = read({"id": "org/name", **told})
    return document


def test_an_entry_of_an_id_alone_is_a_dataset() -> None:
    assert read({"id": "squad"}) == [Document("squad")]


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ({"mainSize": 1, "usedStorage": 2}, 1),
        ({"mainSize": 0, "usedStorage": 2}, 0),
        ({"usedStorage": 2}, 2),
        ({"mainSize": None}, None),
        ({}, None),
    ],
)
def test_the_size_is_that_of_main_else_of_all_that_is_stored(
    sizes: Json, expected: int | None
) -> None:
    assert one(**sizes).size_bytes == expected


@pytest.mark.parametrize(("gated", "expected"), [(False, False), ("auto", True), (True, True)])
def test_who_has_to_ask_first_is_told(gated: object, expected: bool) -> None:
    assert one(gated=gated).gated is expected


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"id": ""},
        {"id": "a/b/c"},
        {"id": "../etc"},
        {"id": "a\n"},
        {"id": "x" * 97},
        {"id": "a", "downloads": -1},
        {"id": "a", "likes": 2**53 + 1},
        {"id": "a", "mainSize": 1.5},
        {"id": "a", "tags": "no list"},
        {"id": "a", "lastModified": "yesterday"},
        {"id": "a", "lastModified": "2026-01-01T00:00:00"},
        {"id": "a", "lastModified": "0001-01-01T00:00:00+14:00"},
        {"id": "a", "private": "perhaps"},
        7,
        None,
        [],
    ],
    ids=lambda each: str(each)[:40],
)
def test_a_bad_entry_is_left_out_and_the_others_are_taken(entry: object) -> None:
    assert read({"id": "b"}, entry, {"id": "c"}) == [Document("b"), Document("c")]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (r"cut \ud83d", "cut \N{REPLACEMENT CHARACTER}"),
        (r"\uDE00 cut", "\N{REPLACEMENT CHARACTER} cut"),
        (r"\ud83d \ud83d\ude00", "\N{REPLACEMENT CHARACTER} \N{GRINNING FACE}"),
        (r"\ud83d \\ud83d", "\N{REPLACEMENT CHARACTER} \\ud83d"),
    ],
)
def test_half_a_character_is_replaced(written: str, expected: str) -> None:
    body = f'[{{"id":"a","description":"{written}"}}]'.encode()
    assert read_listing(body) == ([Document("a", description=expected)], 0)


def test_long_things_are_cut() -> None:
    found = one(description="x" * 5000, tags=["t" * (LONGEST_TAG + 1), *["t"] * 2000], sha="no sha")
    assert len(found.description or "") == LONGEST_DESCRIPTION
    assert len(found.tags) == MOST_TAGS - 1
    assert found.sha is None
    assert sum(map(len, one(tags=["t" * LONGEST_TAG] * 1000).tags)) == LONGEST_TAGS


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[",
        b"[]x",
        b"[1" * 200_000,
        b"[" * 200_000 + b"]" * 200_000,
        b"[" + b"1," * MOST_ENTRIES + b"1]",
    ],
    ids=["nothing", "object", "cut", "more", "deep", "deeper", "many"],
)
def test_what_is_no_page_is_refused(body: bytes) -> None:
    with pytest.raises(ExternalServiceError):
        read_listing(body)


def test_an_entry_with_depths_in_it_costs_no_more_than_itself() -> None:
    deep = b'{"id":"a","cardData":' + b"[" * 500 + b"]" * 500 + b"}"
    assert read_listing(b"[" + deep + b"]") == ([Document("a")], 0)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)
fields = st.sampled_from(
    ["id", "author", "description", "tags", "downloads", "mainSize", "lastModified", "gated", "sha"]
)


@given(st.lists(st.dictionaries(fields, json_values), max_size=5))
def test_whatever_is_read_can_be_kept_and_read_again(entries: list[Json]) -> None:
    for document in read(*entries, {"id": "a"}):
        assert read_document(stored_json(document)) == document


@given(st.binary(max_size=200))
def test_any_bytes_are_a_page_or_refused(body: bytes) -> None:
    with suppress(ExternalServiceError):
        read_listing(body)


def test_a_page_of_nothing_but_escapes_costs_no_more_than_itself() -> None:
    body = rb'[{"id":"a","description":"' + rb"\n" * 100_000 + rb'\ud83d"}]'
    tracemalloc.start()
    assert len(read_listing(body)[0]) == 1
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10 * len(body)
