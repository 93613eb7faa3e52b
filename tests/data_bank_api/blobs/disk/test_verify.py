"""Hashing again: what is told of each kind of damage, and of what happens meanwhile."""

import hashlib
import os
from errno import EIO, EROFS
from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs

from data_bank_api.blobs import checking
from data_bank_api.blobs.disk.pace import Pace, StoppedError
from data_bank_api.blobs.disk.system import System
from data_bank_api.blobs.disk.verify import State, Verdict, Verifier
from data_bank_client.wire.digest import Digest
from tests.fakes.disk import (
    Scenario,
    condemned,
    cut_short,
    files_in,
    grown,
    linked_away,
    look,
    names_of,
    nothing,
    open_store,
    overwritten,
    stored,
    with_broken_sidecar,
    with_stray_sidecar,
    without_sidecar,
)
from tests.fakes.files import describe, put
from tests.fakes.systems import FailingSystem

MIB = 1024 * 1024
CONTENT = b"verified " * 1000
LARGE = bytes(range(256)) * 4 * 1024 * 3  # 3 MiB
DIGEST = Digest.of(CONTENT)
BLOB, SIDECAR = names_of(DIGEST)
CONDEMNED = BLOB.replace(".bin", ".bad")


@pytest.fixture(autouse=True)
def unbound_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A logger of our own, whatever other tests set up."""
    structlog.reset_defaults()
    monkeypatch.setattr(checking, "log", structlog.get_logger())


class Unhurried:
    """A pace at which something happens after the first chunk."""

    def __init__(self) -> None:
        self.taken: list[int] = []

    def take(self, size: int) -> None:
        self.taken.append(size)
        if len(self.taken) == 1:
            self.happen()

    def happen(self) -> None:
        """Nothing."""


def verify(
    root: Path, content: bytes, pace: Pace | None = None, system: System | None = None
) -> Verdict:
    with capture_logs():
        verifier = Verifier(str(root), system or System(), pace or Unhurried())
        return verifier.verify(Digest.of(content))


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (stored, State.SOUND),
        (without_sidecar, State.SOUND),
        (with_broken_sidecar, State.SOUND),
        (overwritten, State.DAMAGED),
        (cut_short, State.DAMAGED),
        (grown, State.DAMAGED),
        (condemned, State.QUARANTINED),
        (nothing, State.MISSING),
        (with_stray_sidecar, State.MISSING),
        (linked_away, State.FAILED),
    ],
)
def test_the_state_of_a_blob_is_told(tmp_path: Path, before: Scenario, expected: State) -> None:
    before(tmp_path, CONTENT)
    assert verify(tmp_path, CONTENT).state is expected


@pytest.mark.parametrize("damage", [overwritten, cut_short, grown])
def test_a_damaged_copy_is_kept_in_quarantine_and_logged(tmp_path: Path, damage: Scenario) -> None:
    damage(tmp_path, CONTENT)
    bad = (tmp_path / BLOB).read_bytes()
    found = hashlib.sha256(bad).hexdigest()
    with capture_logs() as logs:
        verdict = Verifier(str(tmp_path), System(), Unhurried()).verify(DIGEST)
    says = f"its {len(bad)} bytes are those of {found}"
    assert verdict == Verdict(DIGEST, State.DAMAGED, len(bad), says)
    assert (tmp_path / CONDEMNED).read_bytes() == bad
    assert look(tmp_path, DIGEST) == "damaged"
    assert [(line["event"], line["file_id"]) for line in logs] == [("damaged", DIGEST.hex)]


def test_one_flipped_bit_in_the_last_chunk_is_found(tmp_path: Path) -> None:
    stored(tmp_path, LARGE)
    with (tmp_path / names_of(Digest.of(LARGE))[0]).open("r+b") as file:
        file.seek(len(LARGE) - 1)
        file.write(bytes([LARGE[-1] ^ 1]))
    assert verify(tmp_path, LARGE).state is State.DAMAGED


def test_a_blob_is_read_in_chunks_of_a_mebibyte(tmp_path: Path) -> None:
    stored(tmp_path, LARGE + b"!")
    pace = Unhurried()
    assert verify(tmp_path, LARGE + b"!", pace).state is State.SOUND
    assert pace.taken == [MIB, MIB, MIB, 1]


def test_an_empty_blob_is_verified(tmp_path: Path) -> None:
    stored(tmp_path, b"")
    assert verify(tmp_path, b"") == Verdict(Digest.of(b""), State.SOUND)


def test_a_copy_healed_while_it_is_hashed_is_not_put_into_quarantine(tmp_path: Path) -> None:
    overwritten(tmp_path, CONTENT)

    class Healing(Unhurried):
        def happen(self) -> None:
            put(open_store(tmp_path), CONTENT)

    assert verify(tmp_path, CONTENT, Healing()).state is State.SOUND
    assert look(tmp_path, DIGEST) == (describe(CONTENT), CONTENT)
    assert files_in(tmp_path) == [BLOB, SIDECAR]


def test_a_copy_healed_just_before_its_quarantine_stays(tmp_path: Path) -> None:
    overwritten(tmp_path, CONTENT)

    class Late(System):
        def lock(self, fd: int) -> None:
            put(open_store(tmp_path), CONTENT)
            super().lock(fd)

    assert verify(tmp_path, CONTENT, system=Late()).state is State.SOUND
    assert look(tmp_path, DIGEST) == (describe(CONTENT), CONTENT)


def test_a_damaged_copy_removed_while_it_is_hashed_is_missing(tmp_path: Path) -> None:
    overwritten(tmp_path, CONTENT)

    class Removing(Unhurried):
        def happen(self) -> None:
            assert open_store(tmp_path).remove(DIGEST)

    assert verify(tmp_path, CONTENT, Removing()).state is State.MISSING
    assert files_in(tmp_path) == []


def test_a_sound_copy_removed_while_it_is_hashed_was_sound(tmp_path: Path) -> None:
    stored(tmp_path, CONTENT)

    class Removing(Unhurried):
        def happen(self) -> None:
            assert open_store(tmp_path).remove(DIGEST)

    assert verify(tmp_path, CONTENT, Removing()).state is State.SOUND


def test_a_copy_cut_while_it_is_hashed_is_damaged(tmp_path: Path) -> None:
    stored(tmp_path, LARGE)
    path = tmp_path / names_of(Digest.of(LARGE))[0]

    class Cutting(Unhurried):
        def happen(self) -> None:
            os.truncate(path, MIB)

    assert verify(tmp_path, LARGE, Cutting()).state is State.DAMAGED
    assert look(tmp_path, Digest.of(LARGE)) == "damaged"


def test_a_blob_that_cannot_be_read_is_told_and_left_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(tmp_path, CONTENT)

    def fail(*_: object) -> bytes:
        raise OSError(EIO, os.strerror(EIO))

    with monkeypatch.context() as broken:
        broken.setattr(os, "pread", fail)
        verdict = verify(tmp_path, CONTENT)
    assert verdict == Verdict(DIGEST, State.FAILED, 0, "Input/output error")
    assert look(tmp_path, DIGEST) == (describe(CONTENT), CONTENT)


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_what_is_no_file_is_told_and_left_where_it_is(tmp_path: Path, kind: str) -> None:
    with_stray_sidecar(tmp_path, CONTENT)
    path = tmp_path / BLOB
    if kind == "folder":
        path.mkdir()
    else:
        os.mkfifo(path)
    assert verify(tmp_path, CONTENT) == Verdict(DIGEST, State.FAILED, 0, "it is not a file")
    assert path.exists()


def test_damage_that_cannot_be_put_into_quarantine_is_told(tmp_path: Path) -> None:
    overwritten(tmp_path, CONTENT)
    verdict = verify(tmp_path, CONTENT, system=FailingSystem(2, EROFS))
    assert (verdict.state, verdict.because) == (State.DAMAGED, "Read-only file system")
    assert (tmp_path / BLOB).exists()


def test_a_stop_ends_it_within_a_chunk_and_leaves_the_blob_alone(tmp_path: Path) -> None:
    overwritten(tmp_path, LARGE)
    before = len(os.listdir("/dev/fd"))

    class Stopping(Unhurried):
        def happen(self) -> None:
            raise StoppedError

    pace = Stopping()
    with pytest.raises(StoppedError):
        verify(tmp_path, LARGE, pace)
    assert pace.taken == [MIB]
    assert (tmp_path / names_of(Digest.of(LARGE))[0]).exists()
    assert len(os.listdir("/dev/fd")) <= before


def test_what_was_hashed_leaves_the_memory_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(tmp_path, LARGE)
    advice: list[tuple[int, int]] = []

    def advise(_: int, start: int, size: int, what: int) -> None:
        assert what == os.POSIX_FADV_DONTNEED
        advice.append((start, size))

    monkeypatch.setattr(os, "posix_fadvise", advise)
    assert verify(tmp_path, LARGE).state is State.SOUND
    assert advice == [(0, 0), (0, MIB), (MIB, MIB), (2 * MIB, MIB)]


def test_it_works_where_the_system_takes_no_advice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(tmp_path, CONTENT)
    monkeypatch.delattr(os, "posix_fadvise")
    assert verify(tmp_path, CONTENT).state is State.SOUND
