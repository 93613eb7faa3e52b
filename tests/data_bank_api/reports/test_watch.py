"""Processes that only wait, beside limits that they exceed."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from data_bank_api.reports.limits import MIB, Limits
from data_bank_api.reports.watch import Watch, disk_of, memory_of
from tests.running_bank import until

GREEDY = "x = bytearray(b'1' * (300 << 20)); input()"


@pytest.fixture
def process() -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen([sys.executable, "-c", GREEDY], stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="who is how large is not told")
def test_who_holds_too_much_memory_is_ended(
    process: "subprocess.Popen[bytes]", tmp_path: Path
) -> None:
    with Watch(process, tmp_path, Limits(memory=16 * MIB)) as watch:
        assert process.wait(timeout=60) == -9
    assert watch.excess is not None
    assert watch.excess.startswith("a report of it needs more than 16 MiB of memory")


def test_the_limit_on_disk_is_one_for_all_files(
    process: "subprocess.Popen[bytes]", tmp_path: Path
) -> None:
    (tmp_path / "spill").mkdir()
    limits = replace(Limits(), disk=2 * MIB)
    with Watch(process, tmp_path, limits) as watch:
        (tmp_path / "table").write_bytes(os.urandom(MIB))
        assert watch.excess is None
        (tmp_path / "spill/piece").write_bytes(os.urandom(2 * MIB))
        assert process.wait(timeout=60) == -9
    assert watch.excess == limits.of_room()


def test_who_takes_too_long_is_ended(process: "subprocess.Popen[bytes]", tmp_path: Path) -> None:
    with Watch(process, tmp_path, Limits(seconds=0)) as watch:
        assert process.wait(timeout=60) == -9
    assert watch.excess == "a report of it takes more than 0 seconds"


def test_who_keeps_to_the_limits_is_left_alone(
    process: "subprocess.Popen[bytes]", tmp_path: Path
) -> None:
    with Watch(process, tmp_path, Limits()) as watch:
        until(lambda: memory_of(process.pid) > 300 * MIB)
    assert watch.excess is None
    assert process.poll() is None


def test_what_is_gone_takes_nothing(process: "subprocess.Popen[bytes]", tmp_path: Path) -> None:
    process.kill()
    process.wait()
    assert memory_of(process.pid) == 0
    assert disk_of(tmp_path / "nothing") == 0


def test_a_link_is_no_more_than_itself(tmp_path: Path) -> None:
    (tmp_path / "input").symlink_to(sys.executable)
    assert disk_of(tmp_path) < MIB
