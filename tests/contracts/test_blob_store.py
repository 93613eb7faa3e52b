"""What every `BlobStore` does. A new store joins by one line in `STORES`."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest

from data_bank_api.blobs.disk.store import DiskStore
from data_bank_api.blobs.memory import MemoryStore
from data_bank_api.blobs.metered import Metered
from data_bank_api.blobs.store import BlobStore, Stored
from data_bank_api.blobs.traced import Traced
from data_bank_api.observability.metrics import Metrics
from data_bank_client.errors import FileQuarantinedError, NotFoundError
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import FileInfo
from tests.fakes.files import FIRST, LATER, cousins, describe, fetch, neighbours, put

CONTENT = b"0123456789"
DIGEST = Digest.of(CONTENT)


def _disk(folder: Path) -> BlobStore:
    (folder / "tmp").mkdir()
    return DiskStore(str(folder))


def _memory(folder: Path) -> BlobStore:
    return MemoryStore()


def _metered(folder: Path) -> BlobStore:
    return Metered(MemoryStore(), Metrics(None))


def _traced(folder: Path) -> BlobStore:
    return Traced(MemoryStore())


STORES = {"disk": _disk, "memory": _memory, "metered": _metered, "traced": _traced}


@pytest.fixture(params=STORES.values(), ids=list(STORES))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    make: Callable[[Path], BlobStore] = request.param
    return make(tmp_path)


def test_what_was_stored_is_read_back(store: BlobStore) -> None:
    put(store, CONTENT)
    assert fetch(store, DIGEST) == CONTENT


def test_what_is_known_of_a_file_is_what_was_said_when_it_was_stored(store: BlobStore) -> None:
    info = describe(CONTENT, "text/csv; charset=utf-8", LATER)
    assert put(store, CONTENT, info).info == info
    assert store.stat(DIGEST) == info
    assert store.list("", None, 10) == [info]


def test_a_blob_may_come_in_many_pieces(store: BlobStore) -> None:
    draft = store.draft(None)
    for piece in (b"012", b"", memoryview(b"345678"), b"9"):
        draft.write(piece)
    draft.commit(describe(CONTENT))
    assert fetch(store, DIGEST) == CONTENT


def test_pieces_are_taken_as_they_are_when_written(store: BlobStore) -> None:
    piece = bytearray(CONTENT)
    draft = store.draft(None)
    draft.write(memoryview(piece))
    piece[:] = b"overwritten"
    draft.commit(describe(CONTENT))
    assert fetch(store, DIGEST) == CONTENT


@pytest.mark.parametrize("room", [None, 0, 3, 10, 5000])
def test_the_room_asked_for_does_not_change_what_is_stored(
    store: BlobStore, room: int | None
) -> None:
    draft = store.draft(room)
    draft.write(CONTENT)
    assert draft.commit(describe(CONTENT)).info.size == 10
    assert fetch(store, DIGEST) == CONTENT


@pytest.mark.parametrize("room", [None, 0, 10])
def test_an_empty_blob_is_a_blob(store: BlobStore, room: int | None) -> None:
    draft = store.draft(room)
    stored = draft.commit(describe(b""))
    assert (stored.is_new, stored.info.size) == (True, 0)
    assert fetch(store, Digest.of(b"")) == b""


def test_a_draft_is_invisible_until_committed(store: BlobStore) -> None:
    draft = store.draft(len(CONTENT))
    draft.write(CONTENT)
    with pytest.raises(NotFoundError):
        store.stat(DIGEST)
    assert store.list("", None, 10) == []
    draft.commit(describe(CONTENT))
    assert store.stat(DIGEST) == describe(CONTENT)


def test_what_is_not_there_is_not_found(store: BlobStore) -> None:
    put(store, b"something else")
    with pytest.raises(NotFoundError, match=DIGEST.hex):
        store.stat(DIGEST)
    with pytest.raises(NotFoundError, match=DIGEST.hex):
        store.open(DIGEST)


def test_a_discarded_draft_leaves_nothing(store: BlobStore) -> None:
    draft = store.draft(None)
    draft.write(CONTENT)
    draft.discard()
    assert store.list("", None, 10) == []


def test_a_draft_may_be_discarded_twice(store: BlobStore) -> None:
    draft = store.draft(5)
    draft.discard()
    draft.discard()
    assert store.list("", None, 10) == []


def test_discarding_after_commit_changes_nothing(store: BlobStore) -> None:
    draft = store.draft(None)
    draft.write(CONTENT)
    draft.commit(describe(CONTENT))
    draft.discard()
    draft.discard()
    assert fetch(store, DIGEST) == CONTENT


def test_discarding_one_draft_leaves_another_of_the_same_bytes(store: BlobStore) -> None:
    one, other = store.draft(None), store.draft(None)
    one.write(CONTENT)
    other.write(CONTENT)
    one.discard()
    assert other.commit(describe(CONTENT)).is_new
    assert fetch(store, DIGEST) == CONTENT


def test_a_blob_is_new_only_the_first_time(store: BlobStore) -> None:
    assert [put(store, CONTENT).is_new for _ in range(3)] == [True, False, False]
    assert len(store.list("", None, 10)) == 1


def test_the_first_content_type_and_date_win(store: BlobStore) -> None:
    put(store, CONTENT, describe(CONTENT, "text/csv", FIRST))
    again = put(store, CONTENT, describe(CONTENT, "image/png", LATER))
    assert again.info == describe(CONTENT, "text/csv", FIRST)
    assert store.stat(DIGEST) == describe(CONTENT, "text/csv", FIRST)


def test_a_removed_blob_is_gone(store: BlobStore) -> None:
    put(store, CONTENT)
    assert store.remove(DIGEST)
    assert store.list("", None, 10) == []
    with pytest.raises(NotFoundError):
        store.open(DIGEST)


def test_removing_what_is_not_there_says_so(store: BlobStore) -> None:
    assert not store.remove(DIGEST)
    put(store, CONTENT)
    assert [store.remove(DIGEST), store.remove(DIGEST)] == [True, False]


def test_removing_a_blob_leaves_its_neighbour(store: BlobStore) -> None:
    one, other = neighbours()
    put(store, one)
    put(store, other)
    assert store.remove(Digest.of(one))
    assert not store.remove(Digest.of(one))
    assert fetch(store, Digest.of(other)) == other


def test_a_blob_stored_after_its_removal_is_new_and_known_anew(store: BlobStore) -> None:
    put(store, CONTENT, describe(CONTENT, "text/csv", FIRST))
    store.remove(DIGEST)
    again = put(store, CONTENT, describe(CONTENT, "image/png", LATER))
    assert again.is_new
    assert store.stat(DIGEST) == describe(CONTENT, "image/png", LATER)


def test_an_open_blob_outlives_its_removal(store: BlobStore) -> None:
    put(store, CONTENT)
    blob = store.open(DIGEST)
    store.remove(DIGEST)
    assert blob.read(0, 10) == CONTENT
    assert blob.info == describe(CONTENT)
    blob.close()


def test_an_open_blob_outlives_being_stored_again(store: BlobStore) -> None:
    put(store, CONTENT)
    blob = store.open(DIGEST)
    put(store, CONTENT)
    assert blob.read(2, 8) == b"234567"
    blob.close()


@pytest.mark.parametrize(
    ("start", "stop"), [(0, 10), (0, 0), (10, 10), (0, 1), (9, 10), (3, 7), (0, 9), (1, 10)]
)
def test_any_range_within_a_blob_is_read(store: BlobStore, start: int, stop: int) -> None:
    put(store, CONTENT)
    blob = store.open(DIGEST)
    assert blob.read(start, stop) == CONTENT[start:stop]
    blob.close()


def test_a_list_is_in_the_order_of_digests(store: BlobStore) -> None:
    contents = [b"%d" % number for number in range(50)]
    for content in contents:
        put(store, content)
    expected = sorted((describe(content) for content in contents), key=lambda info: info.digest)
    assert store.list("", None, 100) == expected


def test_a_list_goes_on_after_a_digest(store: BlobStore) -> None:
    for number in range(20):
        put(store, b"%d" % number)
    whole = store.list("", None, 100)
    first = store.list("", None, 7)
    second = store.list("", first[-1].digest, 7)
    third = store.list("", second[-1].digest, 7)
    assert first + second + third == whole
    assert store.list("", whole[-1].digest, 7) == []


def test_a_list_goes_on_after_a_digest_that_is_not_there(store: BlobStore) -> None:
    for number in range(20):
        put(store, b"%d" % number)
    whole = store.list("", None, 100)
    store.remove(whole[4].digest)
    assert store.list("", whole[4].digest, 100) == whole[5:]
    assert store.list("", Digest("0" * 64), 100) == whole[:4] + whole[5:]


def test_a_list_goes_on_among_digests_that_begin_alike(store: BlobStore) -> None:
    for content in cousins():
        put(store, content)
    whole = store.list("5e", None, 100)
    assert len(whole) == len(cousins())
    for position, info in enumerate(whole):
        assert store.list("5", info.digest, 100) == whole[position + 1 :]
        assert store.list(info.digest.hex[:4], None, 100) == [info]
        assert store.list(info.digest.hex[:3], info.digest, 1) in ([], whole[position + 1 :][:1])


@pytest.mark.parametrize("length", [0, 1, 2, 3, 4, 5, 63, 64])
def test_a_list_may_be_of_a_prefix(store: BlobStore, length: int) -> None:
    one, other = neighbours()
    for content in (one, other, *(b"%d" % number for number in range(20))):
        put(store, content)
    prefix = Digest.of(one).hex[:length]
    whole = store.list("", None, 100)
    expected = [info for info in whole if info.digest.hex.startswith(prefix)]
    assert store.list(prefix, None, 100) == expected
    assert store.list(prefix, expected[0].digest, 100) == expected[1:]


def test_a_list_of_a_prefix_nobody_has_is_empty(store: BlobStore) -> None:
    put(store, CONTENT)
    taken = DIGEST.hex[0]
    assert store.list("0" if taken != "0" else "1", None, 10) == []


def test_a_list_ends_at_its_limit(store: BlobStore) -> None:
    for number in range(5):
        put(store, b"%d" % number)
    assert [len(store.list("", None, limit)) for limit in (0, 1, 4, 5, 6)] == [0, 1, 4, 5, 5]


def test_a_store_that_works_says_so(store: BlobStore) -> None:
    store.check()
    assert store.list("", None, 10) == []


def test_drafts_under_way_do_not_mix(store: BlobStore) -> None:
    contents = [bytes([65 + number]) * 1000 for number in range(5)]
    drafts = [store.draft(None) for _ in contents]
    for _ in range(1000):
        for draft, content in zip(drafts, contents, strict=True):
            draft.write(content[:1])
    for draft, content in zip(drafts, contents, strict=True):
        draft.commit(describe(content))
    assert [fetch(store, Digest.of(content)) for content in contents] == contents


def test_many_threads_may_store_different_blobs_at_once(store: BlobStore) -> None:
    contents = [b"%d" % number * 1000 for number in range(32)]
    with ThreadPoolExecutor(8) as pool:
        stored = list(pool.map(lambda content: put(store, content), contents))
    assert all(each.is_new for each in stored)
    assert [fetch(store, each.info.digest) for each in stored] == contents


def test_of_many_threads_that_store_one_blob_one_finds_it_new(store: BlobStore) -> None:
    barrier = Barrier(8)

    def store_it(number: int) -> bool:
        barrier.wait()
        return put(store, CONTENT, describe(CONTENT, f"text/{number}")).is_new

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(store_it, range(8))) == [False] * 7 + [True]
    assert fetch(store, DIGEST) == CONTENT


def test_storing_removing_and_listing_at_once_ends_in_a_whole_blob_or_none(
    store: BlobStore,
) -> None:
    def work(number: int) -> int:
        if number % 4 == 0:
            store.remove(DIGEST)
        elif number % 4 == 1:
            assert store.list("", None, 10) in ([], [describe(CONTENT)])
        else:
            put(store, CONTENT)
        return number

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(200)))
    put(store, CONTENT)
    assert fetch(store, DIGEST) == CONTENT
    assert store.list("", None, 10) == [describe(CONTENT)]


# Files that are there already.


@pytest.fixture
def brought(tmp_path: Path) -> Path:
    path = tmp_path / "brought"
    path.write_bytes(CONTENT)
    return path


def adopt(store: BlobStore, path: Path, info: FileInfo | None = None) -> Stored:
    draft = store.adopt(str(path))
    try:
        draft.write(CONTENT[:4])
        draft.write(memoryview(CONTENT)[4:])
        return draft.commit(info or describe(CONTENT))
    finally:
        draft.discard()


def test_a_file_that_is_there_becomes_a_blob(store: BlobStore, brought: Path) -> None:
    stored = adopt(store, brought, describe(CONTENT, "text/csv", LATER))
    assert (stored.info, stored.is_new) == (describe(CONTENT, "text/csv", LATER), True)
    assert store.stat(DIGEST) == stored.info
    assert fetch(store, DIGEST) == CONTENT
    assert not brought.exists()


def test_a_file_is_adopted_as_any_other_is_stored(store: BlobStore, brought: Path) -> None:
    put(store, CONTENT, describe(CONTENT, "text/csv", FIRST))
    again = adopt(store, brought, describe(CONTENT, "image/png", LATER))
    assert (again.info, again.is_new) == (describe(CONTENT, "text/csv", FIRST), False)
    assert not brought.exists()


def test_a_file_that_is_adopted_heals_a_copy_in_quarantine(store: BlobStore, brought: Path) -> None:
    put(store, CONTENT)
    condemn(store)
    assert not adopt(store, brought).is_new
    assert fetch(store, DIGEST) == CONTENT


def test_until_it_is_committed_a_file_stays_where_it_is(store: BlobStore, brought: Path) -> None:
    draft = store.adopt(str(brought))
    draft.write(CONTENT)
    with pytest.raises(NotFoundError):
        store.stat(DIGEST)
    draft.discard()
    draft.discard()
    assert brought.read_bytes() == CONTENT
    assert store.list("", None, 10) == []


def test_a_file_of_which_more_or_less_was_read_is_not_adopted(
    store: BlobStore, brought: Path
) -> None:
    for chunk in (CONTENT[1:], CONTENT + b"x"):
        draft = store.adopt(str(brought))
        draft.write(chunk)
        with pytest.raises(OSError, match="were read"):
            draft.commit(describe(CONTENT))
        draft.discard()
    assert store.list("", None, 10) == []
    assert brought.read_bytes() == CONTENT


def test_a_file_that_is_not_there_cannot_be_adopted(store: BlobStore, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        store.adopt(str(tmp_path / "absent"))
    assert store.list("", None, 10) == []


def condemn(store: BlobStore) -> bool:
    blob = store.open(DIGEST)
    try:
        return blob.condemn()
    finally:
        blob.close()


def test_a_copy_in_quarantine_is_not_served_nor_listed(store: BlobStore) -> None:
    put(store, CONTENT)
    assert condemn(store)
    for ask in (store.stat, store.open):
        with pytest.raises(FileQuarantinedError, match="upload the file again"):
            ask(DIGEST)
    assert store.list("", None, 10) == []


def test_an_upload_replaces_a_copy_in_quarantine_and_the_first_type_stays(
    store: BlobStore,
) -> None:
    put(store, CONTENT)
    condemn(store)
    stored = put(store, CONTENT, describe(CONTENT, "image/png", LATER))
    assert (stored.info, stored.is_new) == (describe(CONTENT), False)
    assert fetch(store, DIGEST) == CONTENT


def test_a_copy_in_quarantine_is_removed_as_any_other(store: BlobStore) -> None:
    put(store, CONTENT)
    condemn(store)
    assert store.remove(DIGEST)
    assert not store.remove(DIGEST)
    with pytest.raises(NotFoundError):
        store.stat(DIGEST)


def test_a_copy_that_was_replaced_or_removed_is_not_condemned(store: BlobStore) -> None:
    put(store, CONTENT)
    blob = store.open(DIGEST)
    put(store, CONTENT)
    assert not blob.condemn()
    store.remove(DIGEST)
    assert not blob.condemn()
    blob.close()
    put(store, CONTENT)
    assert fetch(store, DIGEST) == CONTENT


def test_a_descriptor_where_there_is_one_has_the_bytes_also_of_a_blob_that_is_removed(
    store: BlobStore,
) -> None:
    put(store, CONTENT)
    with closing(store.open(DIGEST)) as blob:
        store.remove(DIGEST)
        fd = blob.descriptor()
        assert fd is None or os.pread(fd, 100, 0) == CONTENT


def test_a_copy_is_condemned_once_and_stays_readable_where_it_is_open(store: BlobStore) -> None:
    put(store, CONTENT)
    blob = store.open(DIGEST)
    assert [blob.condemn(), blob.condemn()] == [True, False]
    assert blob.read(0, 10) == CONTENT
    blob.close()


def read_now(store: BlobStore, most: int = 100) -> object:
    return store.read_now(DIGEST, most)


def test_what_was_opened_lately_may_be_had_at_once(store: BlobStore) -> None:
    info = put(store, CONTENT).info
    store.open(DIGEST).close()
    assert read_now(store) in ((info, CONTENT), None)  # None where the system cannot tell


def test_an_empty_blob_may_be_had_at_once(store: BlobStore) -> None:
    info = put(store, b"").info
    store.open(info.digest).close()
    assert store.read_now(info.digest, 0) in ((info, b""), None)


def test_what_is_not_there_or_too_large_is_not_had_at_once(store: BlobStore) -> None:
    assert read_now(store) is None
    put(store, CONTENT)
    store.open(DIGEST).close()
    assert read_now(store, len(CONTENT) - 1) is None


def test_what_was_removed_or_condemned_is_not_had_at_once(store: BlobStore) -> None:
    put(store, CONTENT)
    blob = store.open(DIGEST)
    blob.condemn()
    blob.close()
    assert read_now(store) is None
    put(store, CONTENT)
    store.open(DIGEST).close()
    store.remove(DIGEST)
    assert read_now(store) is None


def test_what_came_again_is_had_as_it_is_now(store: BlobStore) -> None:
    put(store, CONTENT, describe(CONTENT, "text/csv"))
    store.open(DIGEST).close()
    store.remove(DIGEST)
    later = put(store, CONTENT, describe(CONTENT, "text/html", LATER)).info
    assert store.stat(DIGEST) == later
    assert read_now(store) in ((later, CONTENT), None)
