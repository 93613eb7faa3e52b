"""A list of files that takes no memory: each path once, in the order of its bytes."""

import sqlite3
import tracemalloc
from collections.abc import Iterator

import pytest

from data_bank_api.corpus.tree_list import BATCH, TreeList
from data_bank_api.hub.artifact import Sum
from data_bank_api.hub.hub_path import HubPath
from data_bank_api.hub.tree import TreeFile
from data_bank_client.errors import InsufficientStorageClientError
from data_bank_client.wire.digest import Digest


def file(path: str, size: int = 1) -> TreeFile:
    return TreeFile(HubPath.parse(path), size, "0" * 40)


def test_files_come_back_as_they_were_in_the_order_of_their_bytes() -> None:
    large = TreeFile(HubPath.parse("B/z.bin"), 2**53, "1" * 40, Digest.of(b""))
    others = [file("\N{GRINNING FACE}.md"), file("a.md"), file("\ufb00.md")]
    with TreeList() as listed:
        listed.take([*others, large])
        assert listed.total == Sum(4, 2**53 + 3)
        [batch] = listed.batches()
    assert batch == [large, others[1], others[2], others[0]]
    assert [each.path.text.encode() for each in batch] == sorted(
        each.path.text.encode() for each in batch
    )


def test_a_path_that_is_listed_twice_counts_once() -> None:
    with TreeList() as listed:
        listed.take([file("a", 1), file("b", 1), file("a", 5)])
        assert listed.total == Sum(2, 6)


def test_nothing_is_nothing() -> None:
    with TreeList() as listed:
        assert listed.total == Sum()
        assert list(listed.batches()) == []


def test_a_list_of_thousands_is_not_kept_in_memory() -> None:
    def many() -> Iterator[TreeFile]:
        return (file(f"data/{number:06}.parquet") for number in range(10_000))

    with TreeList() as listed:
        tracemalloc.start()
        listed.take(many())
        sizes = [len(batch) for batch in listed.batches()]
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert (sum(sizes), max(sizes)) == (10_000, BATCH)
    assert most < 700_000


def test_a_disk_without_room_is_told_as_such() -> None:
    with TreeList() as listed:
        listed._database.execute("PRAGMA max_page_count = 10")
        with pytest.raises(InsufficientStorageClientError, match="room for the list"):
            listed.take(file(f"{number:0200}") for number in range(1000))


def test_what_goes_wrong_while_it_is_listed_is_told_as_it_is() -> None:
    def broken() -> Iterator[TreeFile]:
        yield file("a")
        raise KeyError("b")

    with TreeList() as listed, pytest.raises(KeyError):
        listed.take(broken())
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        listed.take([])
