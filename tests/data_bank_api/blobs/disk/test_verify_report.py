"""The report of a verification: whole or not there, and what is none is taken for none."""

import os
from errno import EIO
from pathlib import Path

import pytest

from data_bank_api.blobs.disk.system import System
from data_bank_api.blobs.disk.verify_report import (
    VerifyReport,
    read_verify_report,
    write_verify_report,
)
from tests.fakes.systems import FailingSystem, RecordingSystem

REPORT = VerifyReport(
    started_at=1.5,
    ended_at=2.5,
    files=3,
    bytes=4,
    damaged=1,
    failed=0,
    is_complete=False,
    quarantined=2,
    position="ab" * 32,
    completed_at=0.5,
)


def test_a_report_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_verify_report(tmp_path, REPORT, System())
    assert read_verify_report(tmp_path) == REPORT
    assert os.listdir(tmp_path) == ["verify.json"]


def test_before_the_first_there_is_none(tmp_path: Path) -> None:
    assert read_verify_report(tmp_path) is None
    assert read_verify_report(tmp_path / "absent") is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"files": "many"}', b"\xff"])
def test_what_is_no_report_is_read_as_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "verify.json").write_bytes(content)
    assert read_verify_report(tmp_path) is None


def test_a_folder_in_its_place_is_read_as_none(tmp_path: Path) -> None:
    (tmp_path / "verify.json").mkdir()
    assert read_verify_report(tmp_path) is None


def test_a_report_is_synced_before_it_has_its_name_and_its_name_after(tmp_path: Path) -> None:
    system = RecordingSystem()
    write_verify_report(tmp_path, REPORT, system)
    assert [call.name for call in system.calls] == ["fsync", "rename", "fsync"]


def test_a_link_or_a_pipe_in_the_way_is_not_written_through(tmp_path: Path) -> None:
    state, other = tmp_path / "state", tmp_path / "other"
    state.mkdir()
    (state / "verify.json.new").symlink_to(other)
    write_verify_report(state, REPORT, System())
    assert not other.exists()
    os.mkfifo(state / "verify.json.new")
    write_verify_report(state, REPORT, System())
    assert read_verify_report(state) == REPORT
    assert os.listdir(state) == ["verify.json"]


@pytest.mark.parametrize("call", [1, 2])
def test_where_it_cannot_be_written_the_old_one_holds(tmp_path: Path, call: int) -> None:
    write_verify_report(tmp_path, REPORT, System())
    later = VerifyReport(
        started_at=9, ended_at=9, files=9, bytes=9, damaged=9, failed=9, is_complete=True
    )
    with pytest.raises(OSError, match="Input/output error"):
        write_verify_report(tmp_path, later, FailingSystem(call, EIO))
    assert read_verify_report(tmp_path) == REPORT
