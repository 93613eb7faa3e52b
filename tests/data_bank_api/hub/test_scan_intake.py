"""A file is hashed, copied where the bank has it not, and left where it changes meanwhile."""

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path

import pytest

from data_bank_api.blobs.memory import MemoryStore
from data_bank_api.blobs.receive import Receiver
from data_bank_api.db.database import Database
from data_bank_api.hub.git_blobs import GitBlob
from data_bank_api.hub.holdings import Holdings
from data_bank_api.hub.scan_intake import CHUNK, SMALL, Content, ScanIntake, ScanStoppedError
from data_bank_api.hub.scan_skips import Reason, SkippedError
from data_bank_client.wire.digest import Digest
from tests.fakes.scanning import git_name

LARGE = bytes(range(256)) * (4 * SMALL // 256) + b"end"


@dataclass
class Taking:
    """Files of a folder, taken into a bank in memory. `on_read` may do something meanwhile."""

    folder: Path
    max_bytes: int = 0
    store: MemoryStore = field(default_factory=MemoryStore)
    halt: threading.Event = field(default_factory=threading.Event)
    read: int = 0
    stored: int = 0
    on_read: Callable[[], object] = lambda: None

    def take(self, content: bytes, name: str = "a.bin") -> Content:
        (self.folder / name).write_bytes(content)
        holdings = Holdings(Database(f"sqlite:///{self.folder}/none"), self.store)
        receiver = Receiver(self.store, self.max_bytes)
        intake = ScanIntake(holdings, receiver, self.halt, self._read, self._stored)
        file = FileIO(self.folder / name)
        try:
            return intake.take(file, name)
        finally:
            assert file.closed

    def skips(self, content: bytes) -> Reason:
        with pytest.raises(SkippedError) as raised:
            self.take(content)
        assert self.store.list("", None, 10) == []
        return raised.value.reason

    def _read(self, count: int) -> None:
        self.read += count
        self.on_read()

    def _stored(self, count: int) -> None:
        self.stored += count


@pytest.fixture
def taking(tmp_path: Path) -> Taking:
    return Taking(tmp_path)


@pytest.mark.parametrize("content", [b"", b"small", bytes(SMALL), LARGE])
def test_a_file_is_taken_with_both_its_names(taking: Taking, content: bytes) -> None:
    taken = taking.take(content)
    digest = Digest.of(content)
    assert taken == Content(GitBlob(git_name(content), len(content), digest), {}, is_new=True)
    assert taking.store.open(digest).read(0, len(content)) == content
    assert (taking.read, taking.stored) == (len(content), len(content))


@pytest.mark.parametrize("content", [b"small", LARGE])
def test_what_the_bank_has_is_not_copied(taking: Taking, content: bytes) -> None:
    taking.take(content)
    assert not taking.take(content, "b.bin").is_new
    assert (taking.read, taking.stored) == (2 * len(content), len(content))


def test_a_damaged_copy_is_healed(taking: Taking) -> None:
    taking.take(b"small")
    taking.store.open(Digest.of(b"small")).condemn()
    taking.take(b"small")
    assert taking.store.stat(Digest.of(b"small")).size == 5


def test_its_type_is_the_one_that_its_name_suggests(taking: Taking) -> None:
    taking.take(b"{}", "config.json")
    assert taking.store.stat(Digest.of(b"{}")).content_type == "application/json"


def test_a_safetensors_file_tells_of_its_tensors(taking: Taking) -> None:
    header = b'{"a":{"dtype":"F16","shape":[3],"data_offsets":[0,6]}}'
    content = len(header).to_bytes(8, "little") + header + bytes(6)
    assert taking.take(content, "model.safetensors").tensors == {"F16": 3}
    assert taking.take(content, "model.bin").tensors == {}


def change(taking: Taking, *, at: int, size: int) -> Callable[[], None]:
    """Once, when the first bytes were read."""

    def once() -> None:
        taking.on_read = lambda: None
        path = taking.folder / "a.bin"
        with path.open("r+b") as file:
            file.truncate(size)
            file.seek(at)
            file.write(b"!")
        os.utime(path, ns=(1, 1))

    return once


@pytest.mark.parametrize("content", [b"small" * 100, LARGE])
@pytest.mark.parametrize("grown", [-10, 0, 10])
def test_a_file_that_changes_while_it_is_read_is_left(
    taking: Taking, content: bytes, grown: int
) -> None:
    size = len(content) + grown
    taking.on_read = change(taking, at=size - 1, size=size)
    assert taking.skips(content) is Reason.CHANGED


@pytest.mark.parametrize("grown", [-10, 0, 10])
def test_a_large_file_that_changes_before_it_is_copied_is_left(
    taking: Taking, monkeypatch: pytest.MonkeyPatch, grown: int
) -> None:
    size = len(LARGE) + grown
    meddle = change(taking, at=CHUNK, size=size)
    honest = Holdings.has

    def has(holdings: Holdings, digest: Digest, length: int) -> bool:
        meddle()
        return honest(holdings, digest, length)

    monkeypatch.setattr(Holdings, "has", has)
    assert taking.skips(LARGE) is Reason.CHANGED


def test_a_file_that_cannot_be_read_to_its_end_is_left(
    taking: Taking, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(FileIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(5, "Input/output error")

    monkeypatch.setitem(globals(), "FileIO", Broken)
    assert taking.skips(b"content") is Reason.UNREADABLE


def test_a_file_that_is_too_large_for_the_bank_is_left(tmp_path: Path) -> None:
    taking = Taking(tmp_path, max_bytes=4)
    assert taking.skips(b"large") is Reason.TOO_LARGE
    assert taking.read == 0
    assert taking.take(b"fits").is_new


@pytest.mark.parametrize("content", [b"small", LARGE])
def test_a_stop_ends_it_and_leaves_nothing(taking: Taking, content: bytes) -> None:
    taking.on_read = taking.halt.set
    if content is LARGE:
        with pytest.raises(ScanStoppedError):
            taking.take(content)
        assert taking.read == CHUNK
    taking.halt.set()
    with pytest.raises(ScanStoppedError):
        taking.take(content)
    assert taking.store.list("", None, 10) == []
