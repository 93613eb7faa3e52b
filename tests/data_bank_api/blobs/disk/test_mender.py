"""The thread that mends: in one process at a time, stopped when asked, never a crash."""

import fcntl
import os
from pathlib import Path
from threading import Event

import pytest
import structlog
from structlog.testing import capture_logs

from data_bank_api.blobs.disk import mender as mender_room
from data_bank_api.blobs.disk.mender import Mender
from data_bank_api.blobs.disk.system import System
from tests.fakes.disk import files_in, open_store, with_stray_sidecar, without_sidecar
from tests.fakes.files import neighbours

CONTENT, NEIGHBOUR = neighbours()


@pytest.fixture(autouse=True)
def unbound_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A logger of our own, whatever other tests set up."""
    structlog.reset_defaults()
    monkeypatch.setattr(mender_room, "log", structlog.get_logger())


def make(root: Path, system: System | None = None) -> Mender:
    (root / "state").mkdir(exist_ok=True)
    system = system or System()
    return Mender(str(root), root / "state", open_store(root, system), system)


def run(mender: Mender) -> list[tuple[object, object]]:
    """Level and event of what was logged, once it has come to its end."""
    with capture_logs() as logs:
        mender.start()
        mender._thread.join(60)
        mender.stop()
    return [(entry["log_level"], entry["event"]) for entry in logs]


def test_the_store_is_mended_and_that_is_told(tmp_path: Path) -> None:
    without_sidecar(tmp_path, CONTENT)
    with_stray_sidecar(tmp_path, NEIGHBOUR)
    assert run(make(tmp_path)) == [("warning", "mended")]
    assert len(files_in(tmp_path)) == 3  # blob, sidecar and the mender's lock


def test_nothing_is_told_where_nothing_was_to_mend(tmp_path: Path) -> None:
    assert run(make(tmp_path)) == []


def test_one_process_mends_at_a_time(tmp_path: Path) -> None:
    with_stray_sidecar(tmp_path, CONTENT)
    mender = make(tmp_path)
    other = os.open(tmp_path / "state" / "mend.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(other, fcntl.LOCK_EX)
    assert run(mender) == [("debug", "another process mends the store")]
    assert len(files_in(tmp_path)) == 2
    os.close(other)
    assert run(make(tmp_path)) == [("warning", "mended")]


def test_a_folder_for_its_lock_that_is_gone_is_logged(tmp_path: Path) -> None:
    mender = make(tmp_path)
    (tmp_path / "state").rmdir()
    assert run(mender) == [("error", "mending ended early")]


def test_it_stops_in_the_middle_when_asked(tmp_path: Path) -> None:
    with_stray_sidecar(tmp_path, CONTENT)
    with_stray_sidecar(tmp_path, b"elsewhere")
    at_work, go_on = Event(), Event()

    class Slow(System):
        def unlink(self, path: str) -> None:
            at_work.set()
            assert go_on.wait(20)
            super().unlink(path)

    mender = make(tmp_path, Slow())
    mender.start()
    assert at_work.wait(20)
    mender._stop.set()
    go_on.set()
    mender.stop()
    assert len(files_in(tmp_path)) == 2  # a stray sidecar and the mender's lock
