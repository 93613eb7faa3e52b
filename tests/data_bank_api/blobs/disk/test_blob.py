"""Open blobs: what a reader gets of a whole, a damaged and a vanishing copy."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from data_bank_api.blobs.disk import blob as blob_room
from data_bank_api.blobs.disk.sidecar import read_sidecar
from data_bank_client.errors import FileQuarantinedError, NotFoundError
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import DEFAULT_CONTENT_TYPE, FileInfo
from tests.fakes.disk import (
    Scenario,
    cut_short,
    grown,
    linked_away,
    look,
    names_of,
    open_store,
    stored,
    with_broken_sidecar,
    without_sidecar,
)
from tests.fakes.files import LATER, describe, put

CONTENT = b"0123456789"
DIGEST = Digest.of(CONTENT)
BLOB, SIDECAR = names_of(DIGEST)


@pytest.mark.parametrize("before", [cut_short, grown, linked_away], ids=lambda each: each.__name__)
def test_a_copy_that_is_seen_to_be_damaged_is_not_served(tmp_path: Path, before: Scenario) -> None:
    before(tmp_path, CONTENT)
    store = open_store(tmp_path)
    with pytest.raises(FileQuarantinedError, match="upload the file again"):
        store.open(DIGEST)
    with pytest.raises(FileQuarantinedError, match="upload the file again"):
        store.stat(DIGEST)
    assert store.list("", None, 10) == []


@pytest.mark.parametrize("before", [without_sidecar, with_broken_sidecar])
def test_a_blob_without_a_sidecar_is_served_with_what_it_tells_itself(
    tmp_path: Path, before: Scenario
) -> None:
    before(tmp_path, CONTENT)
    os.utime(tmp_path / BLOB, (LATER.timestamp(), LATER.timestamp()))
    expected = FileInfo(DIGEST, 10, DEFAULT_CONTENT_TYPE, LATER)
    assert look(tmp_path, DIGEST) == (expected, CONTENT)


def test_a_copy_that_ends_early_while_it_is_read_is_damaged(tmp_path: Path) -> None:
    stored(tmp_path, CONTENT)
    blob = open_store(tmp_path).open(DIGEST)
    os.truncate(tmp_path / BLOB, 5)
    assert blob.read(0, 5) == b"01234"
    with pytest.raises(FileQuarantinedError):
        blob.read(0, 6)
    blob.close()


def test_a_read_that_the_system_cuts_is_completed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(tmp_path, CONTENT)
    blob = open_store(tmp_path).open(DIGEST)
    pread = os.pread
    monkeypatch.setattr(os, "pread", lambda fd, size, start: pread(fd, min(size, 3), start))
    assert blob.read(1, 10) == b"123456789"
    blob.close()


def test_an_open_blob_reads_the_copy_that_it_opened_also_when_that_is_healed(
    tmp_path: Path,
) -> None:
    stored(tmp_path, CONTENT)
    (tmp_path / BLOB).write_bytes(b"x" * 10)
    store = open_store(tmp_path)
    damaged = store.open(DIGEST)
    put(store, CONTENT)
    healed = store.open(DIGEST)
    assert (damaged.read(0, 10), healed.read(0, 10)) == (b"x" * 10, CONTENT)
    damaged.close()
    healed.close()


def test_closing_waits_for_a_read_under_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(tmp_path, CONTENT)
    blob = open_store(tmp_path).open(DIGEST)
    reading, go_on, pread = Event(), Event(), os.pread

    def read_slowly(fd: int, size: int, start: int) -> bytes:
        reading.set()
        assert go_on.wait(20)
        return pread(fd, size, start)

    monkeypatch.setattr(os, "pread", read_slowly)
    with ThreadPoolExecutor(2) as pool:
        read = pool.submit(blob.read, 0, 10)
        assert reading.wait(20)
        closed = pool.submit(blob.close)
        assert not closed.done()
        go_on.set()
        assert read.result(20) == CONTENT
        closed.result(20)


def test_a_closed_blob_reads_no_other_file(tmp_path: Path) -> None:
    stored(tmp_path, CONTENT)
    blob = open_store(tmp_path).open(DIGEST)
    blob.close()
    with (tmp_path / BLOB).open("rb"), pytest.raises(OSError, match="Bad file descriptor"):
        blob.read(0, 10)


def test_a_blob_removed_while_it_is_opened_is_not_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(tmp_path, CONTENT)
    store = open_store(tmp_path)

    def read_late(path: str, digest: Digest) -> FileInfo | None:
        store.remove(digest)
        return read_sidecar(path, digest)

    monkeypatch.setattr(blob_room, "read_sidecar", read_late)
    with pytest.raises(NotFoundError):
        store.open(DIGEST)


def test_a_blob_removed_and_stored_again_while_it_is_opened_is_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(tmp_path, CONTENT)
    store = open_store(tmp_path)
    again = describe(CONTENT, "image/png", LATER)

    def read_in_between(path: str, digest: Digest) -> None:
        monkeypatch.undo()
        store.remove(digest)
        put(store, CONTENT, again)

    monkeypatch.setattr(blob_room, "read_sidecar", read_in_between)
    assert store.stat(DIGEST) == again


def test_a_pipe_where_a_blob_should_be_is_damage_not_a_wait(tmp_path: Path) -> None:
    stored(tmp_path, CONTENT)
    (tmp_path / BLOB).unlink()
    os.mkfifo(tmp_path / BLOB)
    assert look(tmp_path, DIGEST) == "damaged"
    put(open_store(tmp_path), CONTENT)
    assert look(tmp_path, DIGEST) == (describe(CONTENT), CONTENT)


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_what_is_no_file_is_not_served_as_one_without_a_sidecar(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    without_sidecar(tmp_path, CONTENT)
    (tmp_path / BLOB).unlink()
    make(tmp_path / BLOB)
    assert look(tmp_path, DIGEST) == "damaged"


def test_a_file_where_a_shard_should_be_holds_no_blob(tmp_path: Path) -> None:
    (tmp_path / DIGEST.hex[:2]).write_text("a stranger")
    assert look(tmp_path, DIGEST) == "missing"
    assert not open_store(tmp_path).remove(DIGEST)


def test_an_error_of_the_disk_is_not_taken_for_a_missing_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: str, flags: int) -> int:
        raise OSError(5, "Input/output error")

    stored(tmp_path, CONTENT)
    monkeypatch.setattr(os, "open", fail)
    with pytest.raises(OSError, match="Input/output error"):
        open_store(tmp_path).stat(DIGEST)


def test_no_descriptor_is_left_behind_by_what_is_not_served(tmp_path: Path) -> None:
    cut_short(tmp_path, CONTENT)
    before = len(os.listdir("/dev/fd"))
    for _ in range(20):
        assert look(tmp_path, DIGEST) == "damaged"
    assert len(os.listdir("/dev/fd")) <= before
