"""Rounds over the store: in turns, by one at a time, kept however a run ends."""

import fcntl
import os
from collections.abc import Callable
from errno import EIO
from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs

from data_bank_api.blobs import checking
from data_bank_api.blobs.disk.pace import SteadyPace
from data_bank_api.blobs.disk.system import System
from data_bank_api.blobs.disk.verify import State, Verdict, Verifier
from data_bank_api.blobs.disk.verify_report import (
    VerifyReport,
    read_verify_report,
    write_verify_report,
)
from data_bank_api.blobs.disk.verify_round import Round, Store
from data_bank_client.errors import ConflictError
from data_bank_client.wire.digest import Digest
from tests.fakes.disk import condemned, open_store, overwritten, stored
from tests.fakes.files import put
from tests.fakes.systems import FailingSystem

CONTENTS = sorted((b"file %d" % number for number in range(6)), key=Digest.of)
DIGESTS = [Digest.of(each) for each in CONTENTS]


@pytest.fixture(autouse=True)
def unbound_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A logger of our own, whatever other tests set up."""
    structlog.reset_defaults()
    monkeypatch.setattr(checking, "log", structlog.get_logger())


class Bench:
    """A store of six files, a clock of its own, and the verdicts of all its rounds."""

    def __init__(self, folder: Path) -> None:
        self.root, self.state = folder / "files", folder / "state"
        self.state.mkdir()
        self.told: list[Verdict] = []
        self.now = 1000.0
        self.is_stopped = False
        for content in CONTENTS:
            stored(self.root, content)

    def round(self, system: System | None = None) -> Round:
        system = system or System()
        pace = SteadyPace(0, lambda: self.is_stopped)
        store = Store(str(self.root), self.state, system)
        verifier = Verifier(str(self.root), System(), pace)
        return Round(store, verifier, self.tell, lambda: self.now)

    def tell(self, verdict: Verdict) -> None:
        self.told.append(verdict)

    def run(
        self, is_over: Callable[[], bool] = lambda: False, *, is_new: bool = False
    ) -> VerifyReport:
        with capture_logs():
            return self.round().run(is_over, is_new=is_new)

    def digests(self) -> list[Digest]:
        return [each.digest for each in self.told]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_a_round_covers_the_store_and_says_so(bench: Bench) -> None:
    report = bench.run()
    assert bench.digests() == DIGESTS
    assert report == read_verify_report(bench.state)
    assert report == VerifyReport(
        started_at=1000,
        ended_at=1000,
        files=6,
        bytes=sum(map(len, CONTENTS)),
        damaged=0,
        failed=0,
        is_complete=True,
        position=DIGESTS[-1].hex,
        completed_at=1000,
    )


def test_what_is_found_is_counted(bench: Bench) -> None:
    overwritten(bench.root, CONTENTS[1])
    condemned(bench.root, CONTENTS[4])
    report = bench.run()
    assert (report.files, report.damaged, report.quarantined, report.failed) == (5, 1, 1, 0)
    states = [State.SOUND] * 6
    states[1], states[4] = State.DAMAGED, State.QUARANTINED
    assert [each.state for each in bench.told] == states


def test_what_cannot_be_read_is_counted_and_the_round_goes_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    pread, bad = os.pread, (bench.root / DIGESTS[2].hex[:2] / DIGESTS[2].hex[2:4]).stat().st_dev
    inode = next(bench.root.rglob(f"{DIGESTS[2]}.bin")).stat().st_ino

    def fail(fd: int, size: int, start: int) -> bytes:
        found = os.fstat(fd)
        if (found.st_dev, found.st_ino) == (bad, inode):
            raise OSError(EIO, os.strerror(EIO))
        return pread(fd, size, start)

    monkeypatch.setattr(os, "pread", fail)
    report = bench.run()
    assert (report.files, report.failed, report.is_complete) == (6, 1, True)


@pytest.mark.parametrize("is_in_turns", [False, True], ids=["at-once", "in-turns"])
def test_a_folder_that_cannot_be_listed_is_told_and_the_round_goes_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, is_in_turns: bool
) -> None:
    scandir, shard = os.scandir, f"{DIGESTS[2].hex[:2]}/{DIGESTS[2].hex[2:4]}"

    def fail(path: str) -> object:
        if path.endswith(shard):
            raise OSError(EIO, os.strerror(EIO))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", fail)
    report = bench.run(lambda: is_in_turns)
    while not report.is_complete:
        report = bench.run(lambda: is_in_turns)
    assert (report.files, report.failed) == (6, 1)
    names = [digest.hex for digest in DIGESTS]
    names[2] = shard
    assert [each.name for each in bench.told] == names
    assert [each.says for each in bench.told if each.folder] == ["Input/output error"]


def test_runs_cover_the_store_in_turns_and_then_begin_again(bench: Bench) -> None:
    for number in range(1, 6):
        report = bench.run(lambda: True)  # over after the first file
        assert (report.files, report.is_complete) == (number, False)
    assert bench.run().is_complete
    assert bench.digests() == DIGESTS
    again = bench.run(lambda: True)
    assert (again.files, again.completed_at) == (1, 1000)
    assert bench.digests() == [*DIGESTS, DIGESTS[0]]


def test_a_new_round_begins_at_the_first_digest(bench: Bench) -> None:
    bench.run(lambda: len(bench.told) == 3)
    bench.now = 2000.0
    report = bench.run(is_new=True)
    assert bench.digests() == DIGESTS[:3] + DIGESTS
    assert (report.started_at, report.files) == (2000, 6)


def test_a_stop_keeps_the_position(bench: Bench) -> None:
    def stop_at_the_third() -> bool:
        bench.is_stopped = len(bench.told) == 3
        return False

    assert bench.run(stop_at_the_third).position == DIGESTS[2].hex
    bench.is_stopped = False
    assert bench.run().is_complete
    assert bench.digests() == DIGESTS


def test_an_error_in_the_middle_keeps_the_position(bench: Bench) -> None:
    def fail() -> bool:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        bench.run(fail)
    kept = read_verify_report(bench.state)
    assert kept is not None
    assert kept.position == DIGESTS[0].hex


def test_the_position_is_written_once_a_second(bench: Bench) -> None:
    kept: list[int] = []

    def tick() -> bool:
        bench.now += 0.6
        report = read_verify_report(bench.state)
        assert report is not None
        kept.append(report.files)
        return False

    bench.run(tick)
    assert kept == [0, 0, 2, 2, 4, 4]


def test_a_clock_that_is_set_back_does_not_keep_it_from_being_written(bench: Bench) -> None:
    kept: list[int] = []

    def set_back() -> bool:
        bench.now -= 3600
        report = read_verify_report(bench.state)
        assert report is not None
        kept.append(report.files)
        return False

    bench.run(set_back)
    assert kept == [0, 1, 2, 3, 4, 5]


def test_one_verifies_at_a_time(bench: Bench) -> None:
    held = os.open(bench.state / "verify.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(held, fcntl.LOCK_EX)
    with pytest.raises(ConflictError, match="the store is being verified already"):
        bench.run()
    assert bench.told == []
    assert read_verify_report(bench.state) is None
    os.close(held)
    assert bench.run().is_complete


def test_what_is_removed_or_stored_meanwhile_is_no_error(bench: Bench) -> None:
    store = open_store(bench.root)

    def change() -> bool:
        if len(bench.told) == 1:
            store.remove(DIGESTS[-1])
            put(store, b"new")
        return False

    report = bench.run(change)
    assert report.is_complete
    assert {each.state for each in bench.told} == {State.SOUND}
    assert DIGESTS[-1] not in bench.digests()


def test_what_is_removed_since_its_folder_was_read_is_not_told(bench: Bench) -> None:
    class Removing(Verifier):
        def verify(self, digest: Digest) -> Verdict:
            open_store(bench.root).remove(digest)
            return super().verify(digest)

    verifier = Removing(str(bench.root), System(), SteadyPace(0))
    store = Store(str(bench.root), bench.state, System())
    report = Round(store, verifier, bench.tell).run(lambda: False, is_new=False)
    assert (report.files, report.is_complete, bench.told) == (0, True, [])


def test_a_position_that_is_none_is_the_beginning(bench: Bench) -> None:
    bench.run(lambda: True)
    kept = read_verify_report(bench.state)
    assert kept is not None
    odd = VerifyReport(1.0, 1.0, 0, 0, 0, 0, is_complete=False, position="../../etc")
    write_verify_report(bench.state, odd, System())
    assert bench.run().files == 6


def test_a_position_that_cannot_be_written_ends_the_run(bench: Bench) -> None:
    with pytest.raises(OSError, match="Input/output error"):
        bench.round(FailingSystem(1, EIO)).run(lambda: False, is_new=False)
    assert bench.told == []
