"""Scratch folders: one's own while it lives, and gone afterwards, however that ended."""

import fcntl
import os
import threading
from pathlib import Path

import pytest

from data_bank_api.datasets.scratch import scratch_folder, sweep_scratch
from tests.running_bank import until


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "state" / "reports"


def left_over(root: Path) -> Path:
    """As a run leaves it that was killed: nobody holds its lock."""
    path = root / "run-dead"
    path.mkdir(parents=True)
    (path / "table").write_bytes(b"rows")
    return path


def test_a_folder_is_there_for_its_run_alone(root: Path) -> None:
    with scratch_folder(root) as folder:
        (folder / "table").write_bytes(b"rows")
        assert folder.stat().st_mode & 0o077 == 0
    assert list(root.iterdir()) == []


def test_a_folder_goes_also_when_its_run_fails(root: Path) -> None:
    with pytest.raises(KeyError), scratch_folder(root):
        raise KeyError
    assert list(root.iterdir()) == []


def test_what_a_killed_run_has_left_is_swept(root: Path) -> None:
    left_over(root)
    assert (sweep_scratch(root), list(root.iterdir())) == (1, [])


def test_a_run_that_lives_keeps_its_folder(root: Path) -> None:
    with scratch_folder(root) as folder:
        assert (sweep_scratch(root), folder.is_dir()) == (0, True)


def test_what_is_no_run_stays(root: Path) -> None:
    (root / "notes").mkdir(parents=True)
    assert (sweep_scratch(root), (root / "notes").is_dir()) == (0, True)


def test_without_a_root_there_is_nothing_to_sweep(root: Path) -> None:
    assert sweep_scratch(root) == 0


def test_a_folder_is_not_swept_before_it_is_locked(root: Path) -> None:
    root.mkdir(parents=True)
    fd = os.open(root, os.O_RDONLY)
    fcntl.flock(fd, fcntl.LOCK_SH)  # as long as one is made
    left = left_over(root)
    swept: list[int] = []
    sweeper = threading.Thread(target=lambda: swept.append(sweep_scratch(root)))
    sweeper.start()
    sweeper.join(0.2)
    assert left.is_dir()
    os.close(fd)
    until(lambda: swept == [1])
    sweeper.join()


def test_of_two_sweepers_neither_minds_the_other(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = left_over(root)
    found = list(root.glob("run-*"))
    left.joinpath("table").unlink()
    left.rmdir()
    monkeypatch.setattr(Path, "glob", lambda _path, _pattern: found)
    assert sweep_scratch(root) == 0
