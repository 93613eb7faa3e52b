import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import msgspec
import pytest

from data_bank_api.reports import child
from data_bank_api.reports.errors import LimitExceededError, ReportError, UnreadableError
from data_bank_api.reports.limits import MIB, Limits
from data_bank_api.reports.profile import CHILD, BrokenError, environment_of, profile
from data_bank_api.reports.profiling import report_of
from data_bank_api.reports.report import Report
from data_bank_api.reports.words import Request
from tests.data_bank_api.reports.tables import SMALL


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Path]:
    """What is made in it is gone at the end, however the profiling ended."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    yield folder
    assert list(folder.iterdir()) == []


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "[a]*.csv"
    path.write_bytes(b"a,b\n1,x\n2,\n3,x\n")
    return path


@pytest.fixture
def silent(tmp_path: Path) -> Path:
    """A file that never comes to an end, nor begins."""
    path = tmp_path / "silent"
    os.mkfifo(path)
    return path


def in_child(path: Path, scratch: Path, limits: Limits = SMALL) -> Report:
    return profile(path, "csv", scratch, limits, lambda percent: None)


def test_the_child_makes_the_report_and_says_how_far_it_is(
    csv: Path, scratch: Path, tmp_path: Path
) -> None:
    told: list[int] = []
    report = profile(csv, "csv", scratch, SMALL, told.append)
    (tmp_path / "here").mkdir()
    here = report_of(csv, "csv", tmp_path / "here", SMALL, lambda percent: None)
    assert json.loads(report.to_json()) == json.loads(here.to_json())
    assert told == [5, 25, 42, 60, 85]


FILES = {
    "csv": b"a\n1\n2\n",
    "mended": b"a,b\n1\n2\n",
    "json": b'[{"a":1},{"a":2}]',
    "ndjson": b'{"a":1}\n{"a":2}\n',
}


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/fd/N is a file of its own on Linux alone")
@pytest.mark.parametrize("kind", [*FILES, "parquet"])
def test_a_file_without_a_name_is_read_by_its_descriptor(
    kind: str, scratch: Path, tmp_path: Path
) -> None:
    path = tmp_path / "data"
    if kind == "parquet":
        with duckdb.connect() as connection:
            connection.execute(f"COPY (SELECT * FROM range(2)) TO '{path}' (FORMAT parquet)")
    else:
        path.write_bytes(FILES[kind])
    with path.open("rb") as file:
        path.unlink()
        named = Path(f"/dev/fd/{file.fileno()}")
        kind = "csv" if kind == "mended" else kind
        assert profile(named, kind, scratch, SMALL, lambda percent: None).row_count == 2


def test_what_is_wrong_with_a_file_comes_out_with_its_line(scratch: Path, csv: Path) -> None:
    csv.write_bytes(b'a,b\n1,"x\n')
    with pytest.raises(UnreadableError, match=r"\Aline 2: a quote is opened and not closed") as e:
        in_child(csv, scratch)
    assert e.value.line == 2


def test_who_takes_too_long_is_ended(scratch: Path, silent: Path) -> None:
    with pytest.raises(LimitExceededError, match=r"takes more than 0\.5 seconds"):
        in_child(silent, scratch, replace(SMALL, seconds=0.5))


@pytest.mark.parametrize(
    "limits",
    [replace(SMALL, memory=8 * MIB), replace(SMALL, disk=MIB)],
    ids=["memory", "disk"],
)
def test_who_needs_too_much_room_gets_no_report(scratch: Path, csv: Path, limits: Limits) -> None:
    csv.write_text("a,b\n" + "".join(f"{n * 7919 % 1000003},x{n**3}\n" for n in range(300_000)))
    with pytest.raises(LimitExceededError, match="MiB of memory and"):
        in_child(csv, scratch, limits)


def test_what_is_written_anew_has_its_limit_too(scratch: Path, csv: Path) -> None:
    csv.write_bytes(b"a,b\n1\n" + b"1,22222222\n" * 200_000)
    with pytest.raises(LimitExceededError, match="1 MiB of disk"):
        in_child(csv, scratch, replace(SMALL, disk=MIB))


def test_a_child_that_is_killed_takes_nobody_with_it(scratch: Path, csv: Path) -> None:
    def kill(percent: int) -> None:
        os.kill(pid_of_child(), signal.SIGKILL)

    with pytest.raises(ReportError, match="was killed"):
        profile(csv, "csv", scratch, SMALL, kill)


def pid_of_child() -> int:
    """Of the one that profiles; this process may have others."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    name = CHILD.encode()
    (pid,) = [pid for pid in children if name in Path(f"/proc/{pid}/cmdline").read_bytes()]
    return int(pid)


@pytest.mark.parametrize(
    ("kind", "name", "said"),
    [("nonsense", "[a]*.csv", "KeyError"), ("csv", "nothing", "FileNotFoundError")],
)
def test_a_fault_of_the_service_is_told_apart_from_one_of_the_file(
    scratch: Path, csv: Path, kind: str, name: str, said: str
) -> None:
    with pytest.raises(BrokenError, match=said):
        profile(csv.with_name(name), kind, scratch, SMALL, lambda percent: None)


def test_a_child_that_ends_before_it_begins_is_a_fault_of_the_service(
    scratch: Path, csv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with pytest.raises(BrokenError, match="ended with 1"):
        in_child(csv, scratch)


def test_who_listens_can_end_it(scratch: Path, csv: Path) -> None:
    def refuse(percent: int) -> None:
        raise InterruptedError(pid_of_child())

    with pytest.raises(InterruptedError) as caught:
        profile(csv, "csv", scratch, SMALL, refuse)
    assert not Path(f"/proc/{caught.value.args[0]}").exists()


def test_a_child_ends_with_who_started_it(tmp_path: Path, silent: Path) -> None:
    request = Request(str(silent), "csv", str(tmp_path), SMALL)
    with subprocess.Popen([sys.executable, "-P", "-m", CHILD], stdin=subprocess.PIPE) as process:
        process.communicate(msgspec.json.encode(request) + b"\n", timeout=60)
    assert process.returncode == 137


def test_the_child_is_the_module_that_it_is_said_to_be() -> None:
    assert child.__name__ == CHILD
    assert child.main.__module__ == CHILD


def test_a_child_knows_no_secrets() -> None:
    ours = {"PATH": "/bin", "PYTHONPATH": "src", "DATABASE_URL": "x", "UPLOAD_KEYS": "y"}
    assert environment_of(ours) == {"PATH": "/bin", "PYTHONPATH": "src"}
