"""How many files there are, told by the first of them."""

import pytest

from data_bank_api.blobs.estimate import Holdings, estimate, files_by
from data_bank_api.blobs.memory import MemoryStore
from data_bank_client.wire.digest import Digest
from tests.fakes.files import put


def filled(count: int) -> MemoryStore:
    store = MemoryStore()
    for each in range(count):
        put(store, b"%d" % each)
    return store


def test_a_few_files_are_counted() -> None:
    assert estimate(filled(0)) == Holdings(0, 0)
    assert estimate(filled(12), seen=12) == Holdings(12, 14)


@pytest.mark.parametrize("count", [1000, 3000])
def test_many_files_are_told_about_right(count: int) -> None:
    found = estimate(filled(count), seen=400)
    assert found.size is None
    assert abs(found.files - count) < count / 6


def test_there_are_no_fewer_files_than_were_seen() -> None:
    assert files_by(Digest("f" * 64), 11) == 11
    assert files_by(Digest("8" + "0" * 63), 11) == 19
