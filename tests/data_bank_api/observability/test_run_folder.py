"""The folder of a run: private, gone at the end, and swept where nobody lives in it."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from data_bank_api.observability.run_folder import make_run_folder, sweep, usual_place
from data_bank_api.observability.slots import take_slot


def test_it_is_for_its_user_only_and_gone_at_the_end(tmp_path: Path) -> None:
    folder = make_run_folder(tmp_path)
    assert folder.path.stat().st_mode & 0o777 == 0o700
    (folder.path / "counter_0.db").write_bytes(b"x")
    folder.remove()
    assert list(tmp_path.iterdir()) == []


def test_two_runs_do_not_mix(tmp_path: Path) -> None:
    first, second = make_run_folder(tmp_path), make_run_folder(tmp_path)
    assert first.path.is_dir()
    assert first.path != second.path
    first.remove()
    assert second.path.is_dir()
    second.remove()


def test_a_run_that_is_over_is_swept_at_the_next_start(tmp_path: Path) -> None:
    killed = make_run_folder(tmp_path)
    (killed.path / "counter_0.db").write_bytes(b"x")
    os.close(killed.lock)  # as a kill does
    make_run_folder(tmp_path).remove()
    assert list(tmp_path.iterdir()) == []


def test_a_run_is_not_over_while_one_of_its_workers_lives(tmp_path: Path) -> None:
    orphaned = make_run_folder(tmp_path)
    slot = take_slot(orphaned.path)
    os.close(orphaned.lock)
    sweep(tmp_path)
    assert orphaned.path.is_dir()
    slot.release()
    sweep(tmp_path)
    assert not orphaned.path.exists()


def test_what_is_not_a_run_of_ours_is_left_alone(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (tmp_path / "databank-metrics-link").symlink_to(kept)
    (tmp_path / "databank-metrics-file").touch()
    (tmp_path / "other").mkdir()
    sweep(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        "kept",
        "databank-metrics-link",
        "databank-metrics-file",
        "other",
    }


def test_two_starts_may_sweep_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another was faster with the one of two that comes second."""
    for name in ("a", "b"):
        (tmp_path / f"databank-metrics-{name}").mkdir()
    remove = shutil.rmtree

    def remove_both(folder: Path, *, ignore_errors: bool) -> None:
        for each in folder.parent.iterdir():
            remove(each, ignore_errors=ignore_errors)

    monkeypatch.setattr(shutil, "rmtree", remove_both)
    monkeypatch.setattr(Path, "glob", lambda folder, _pattern: list(folder.iterdir()))
    sweep(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        make_run_folder(tmp_path / "missing")


def test_it_lies_in_memory_where_the_system_offers_that(tmp_path: Path) -> None:
    assert usual_place(tmp_path) == tmp_path
    assert usual_place(tmp_path / "missing") == Path(tempfile.gettempdir())
