"""A page of a tree is files, or an error."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_bank_api.hub.hub_path import HubPath
from data_bank_api.hub.tree import TreeFile
from data_bank_api.hub.tree_page import MOST_ENTRIES, read_tree_page
from data_bank_client.errors import ExternalServiceError, InvalidInputError
from data_bank_client.wire.digest import Digest

OID, SHA256 = "a" * 40, "b" * 64


def page(*entries: dict[str, object]) -> bytes:
    return json.dumps(entries).encode()


def file(**changes: object) -> dict[str, object]:
    return {"type": "file", "oid": OID, "size": 5, "path": "a.txt", **changes}


def test_a_page_is_its_files() -> None:
    lfs = {"oid": SHA256, "size": 7, "pointerSize": 130}
    body = page(
        {"type": "directory", "oid": OID, "size": 0, "path": "d"},
        {"type": "of tomorrow", "path": "e"},
        file(path="d/a b.txt", xetHash="x", lastCommit={}),
        file(path="d/b.bin", size=130, lfs=lfs),
        file(path="empty", size=0, lfs=None),
    )
    assert read_tree_page(body) == [
        TreeFile(HubPath("d/a b.txt"), 5, OID),
        TreeFile(HubPath("d/b.bin"), 7, OID, Digest(SHA256)),
        TreeFile(HubPath("empty"), 0, OID),
    ]
    assert read_tree_page(b"[]") == []


@pytest.mark.parametrize(
    "path", ["../x", "/etc/passwd", "C:/x", "a\0b", "", "a/../b", "a\\b", "a\x1b"]
)
def test_a_hostile_name_is_refused(path: str) -> None:
    with pytest.raises(InvalidInputError, match="cannot be named"):
        read_tree_page(page(file(path=path)))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<html>",
        b"[1]",
        b"\xff\xfe",
        b'[{"type":"\xff","path":"a"}]',
        b"[" * 100_000,
        b'[{"type":"file","path":"a","x":' + b"[" * 100_000,
        page({"type": "file", "path": 1}),
        page({"path": "a"}),
        page(file(size=-1)),
        page(file(size=2**53 + 1)),
        page(file(size="5")),
        page(file(size=1.5)),
        page(file(oid=None)),
        page(file(oid="A" * 40)),
        page(file(oid="main")),
        page(file(oid="a" * 40 + "\n")),
        page(file(lfs={"oid": SHA256})),
        page(file(lfs={"oid": SHA256, "size": -1})),
        page(file(lfs={"oid": "abc", "size": 1})),
        page(file(path="a\ud800")),
    ],
)
def test_what_is_no_page_is_an_error(body: bytes) -> None:
    with pytest.raises((ExternalServiceError, InvalidInputError)):
        read_tree_page(body)


def test_a_page_has_a_bounded_number_of_entries() -> None:
    entry: dict[str, object] = {"type": "directory", "path": "d"}
    assert read_tree_page(page(*[entry] * MOST_ENTRIES)) == []
    with pytest.raises(ExternalServiceError):
        read_tree_page(page(*[entry] * (MOST_ENTRIES + 1)))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "path", "oid", "size", "lfs"]), inner)
    ),
)


ENTRY = st.fixed_dictionaries(
    {"type": st.just("file"), "oid": st.just(OID), "path": JSON, "size": JSON, "lfs": JSON}
)


@given(JSON | st.lists(ENTRY, max_size=3))
def test_whatever_a_page_is_it_is_files_or_an_error(value: object) -> None:
    try:
        files = read_tree_page(json.dumps(value).encode())
    except (ExternalServiceError, InvalidInputError):
        return
    assert all(each.size >= 0 and HubPath.parse(each.path.text) == each.path for each in files)
