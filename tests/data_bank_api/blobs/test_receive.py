"""The only way in: what is bounded, hashed and checked before a store sees a commit."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from data_bank_api.blobs.memory import MemoryStore
from data_bank_api.blobs.receive import Declared, Intake, Receiver
from data_bank_api.blobs.store import Stored
from data_bank_client.errors import (
    BadRequestError,
    DigestMismatchError,
    InsufficientStorageClientError,
    PayloadTooLargeError,
)
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import FileInfo
from tests.fakes.disk import bring, files_in, names_of, open_store
from tests.fakes.files import FIRST, fetch
from tests.fakes.systems import SmallSystem

CONTENT = b"0123456789"
DIGEST = Digest.of(CONTENT)


def begin(store: MemoryStore, declared: Declared | None = None, max_bytes: int = 0) -> Intake:
    intake = Receiver(store, max_bytes, lambda: FIRST).begin(declared or Declared())
    intake.open()
    return intake


def send(store: MemoryStore, declared: Declared, max_bytes: int = 0) -> Stored:
    intake = begin(store, declared, max_bytes)
    try:
        intake.write(CONTENT[:4])
        intake.write(memoryview(CONTENT)[4:])
        return intake.finish("text/csv")
    finally:
        intake.discard()


@pytest.mark.parametrize(
    "declared",
    [
        Declared(),
        Declared(size=10),
        Declared(room=10),
        Declared(room=500),
        Declared(digest=DIGEST),
        Declared(10, 500, DIGEST),
    ],
)
def test_what_agrees_with_what_was_declared_is_stored(declared: Declared) -> None:
    store = MemoryStore()
    expected = FileInfo(DIGEST, 10, "text/csv", FIRST)
    assert send(store, declared) == Stored(expected, is_new=True)
    assert fetch(store, DIGEST) == CONTENT


@pytest.mark.parametrize("size", [0, 9, 11])
def test_another_size_than_declared_is_not_stored(size: int) -> None:
    store = MemoryStore()
    with pytest.raises(BadRequestError, match=f"{size} bytes were declared, 10 came"):
        send(store, Declared(size=size))
    assert store.list("", None, 10) == []


def test_another_digest_than_declared_is_not_stored() -> None:
    store = MemoryStore()
    with pytest.raises(DigestMismatchError, match=DIGEST.hex):
        send(store, Declared(digest=Digest.of(b"something else")))
    assert store.list("", None, 10) == []


def test_a_file_of_exactly_the_limit_is_stored() -> None:
    store = MemoryStore()
    assert send(store, Declared(size=10), max_bytes=10).info.size == 10


def test_a_declared_size_over_the_limit_is_refused_before_a_byte_comes() -> None:
    with pytest.raises(PayloadTooLargeError, match="10 bytes at most"):
        Receiver(MemoryStore(), 10).begin(Declared(size=11))


def test_the_room_for_a_form_may_be_over_the_limit() -> None:
    store = MemoryStore()
    assert send(store, Declared(room=500), max_bytes=10).is_new


def test_bytes_over_the_limit_are_refused_as_they_come() -> None:
    store = MemoryStore()
    intake = begin(store, max_bytes=10)
    intake.write(CONTENT)
    with pytest.raises(PayloadTooLargeError):
        intake.write(b"x")
    intake.discard()
    assert store.list("", None, 10) == []


def test_a_file_is_dated_when_it_is_complete() -> None:
    store = MemoryStore()
    intake = Receiver(store, 0).begin(Declared())
    intake.open()
    assert intake.finish("text/plain").info.created_at.tzinfo is not None


def test_nothing_is_stored_before_the_intake_is_opened(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    intake = Receiver(store, 0).begin(Declared(size=5))
    assert files_in(tmp_path) == []
    intake.open()
    assert len(files_in(tmp_path)) == 1
    intake.discard()
    assert files_in(tmp_path) == []


@pytest.mark.parametrize("declared", [Declared(size=1001), Declared(room=1001)])
def test_a_declared_size_over_the_free_space_is_refused_when_opened(
    tmp_path: Path, declared: Declared
) -> None:
    intake = Receiver(open_store(tmp_path, SmallSystem(1000)), 0).begin(declared)
    with pytest.raises(InsufficientStorageClientError):
        intake.open()
    assert files_in(tmp_path) == []


def test_a_declared_size_counts_before_the_room_of_a_body(tmp_path: Path) -> None:
    intake = Receiver(open_store(tmp_path, SmallSystem(1000)), 0).begin(Declared(10, 2000))
    intake.open()
    assert (tmp_path / files_in(tmp_path)[0]).stat().st_size == 10
    intake.discard()


def test_what_comes_after_a_discard_is_dropped(tmp_path: Path) -> None:
    intake = Receiver(open_store(tmp_path), 0).begin(Declared())
    intake.open()
    intake.discard()
    intake.write(CONTENT)
    with pytest.raises(BadRequestError, match="given up"):
        intake.finish("text/plain")
    assert files_in(tmp_path) == []


def test_an_intake_discarded_before_it_is_opened_takes_no_room(tmp_path: Path) -> None:
    intake = Receiver(open_store(tmp_path), 0).begin(Declared(size=10))
    intake.discard()
    intake.open()
    assert files_in(tmp_path) == []


def test_an_intake_is_finished_once(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    intake = Receiver(store, 0).begin(Declared())
    intake.open()
    digest = intake.finish("text/plain").info.digest
    intake.write(CONTENT)
    with pytest.raises(BadRequestError, match="given up"):
        intake.finish("text/plain")
    intake.discard()
    assert fetch(store, digest) == b""


def test_a_discard_waits_for_the_write_under_way_in_another_thread(tmp_path: Path) -> None:
    writing, go_on = Event(), Event()

    class Slow(SmallSystem):
        def write(self, fd: int, chunk: bytes | memoryview) -> int:
            writing.set()
            assert go_on.wait(20)
            return super().write(fd, chunk)

    intake = Receiver(open_store(tmp_path, Slow(1000)), 0).begin(Declared())
    intake.open()
    with ThreadPoolExecutor(2) as pool:
        written = pool.submit(intake.write, CONTENT)
        assert writing.wait(20)
        discarded = pool.submit(intake.discard)
        assert not discarded.done()
        go_on.set()
        written.result(20)
        discarded.result(20)
    assert files_in(tmp_path) == []


def test_writes_and_discards_from_many_threads_leave_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    for _ in range(20):
        intake = Receiver(store, 0).begin(Declared())
        with ThreadPoolExecutor(4) as pool:
            calls = [pool.submit(intake.open), pool.submit(intake.discard)]
            calls += [pool.submit(intake.write, CONTENT) for _ in range(10)]
        for call in calls:
            call.result()
    assert files_in(tmp_path) == []


# A file that is on the disk already.


@pytest.mark.parametrize("digest", [DIGEST, None])
def test_a_file_that_was_read_back_and_is_what_it_should_be_is_adopted(
    tmp_path: Path, digest: Digest | None
) -> None:
    path = bring(tmp_path, CONTENT)
    intake = Receiver(open_store(tmp_path), 0, lambda: FIRST).begin(Declared(10, digest=digest))
    intake.adopt(str(path))
    intake.write(CONTENT)
    assert intake.finish("text/csv") == Stored(FileInfo(DIGEST, 10, "text/csv", FIRST), True)
    intake.discard()
    assert files_in(tmp_path) == names_of(DIGEST)


@pytest.mark.parametrize("read", [CONTENT[:-1], CONTENT[:-1] + b"x"])
def test_a_file_that_is_not_what_was_declared_is_not_adopted(tmp_path: Path, read: bytes) -> None:
    path = bring(tmp_path, read)
    intake = Receiver(open_store(tmp_path), 0).begin(Declared(10, digest=DIGEST))
    intake.adopt(str(path))
    intake.write(read)
    with pytest.raises((BadRequestError, DigestMismatchError)):
        intake.finish("text/csv")
    intake.discard()
    assert files_in(tmp_path) == ["spool/brought"]
