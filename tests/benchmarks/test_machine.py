"""What a run was taken on."""

import os
import platform
from pathlib import Path

import pytest

from benchmarks.idleness import cpu_seconds
from benchmarks.machine import describe_machine, file_system_of, first_version
from benchmarks.memory import parse_pss

MOUNTS = """\
22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
23 22 0:21 / /tmp rw - tmpfs tmpfs rw
24 22 0:22 / /tmp/mnt\\040x rw shared:2 - xfs /dev/vdb rw
"""


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("nginx version: nginx/1.22.1", "1.22.1"),
        ("docker-registry github.com/docker/distribution 2.8.2+ds1", "2.8.2+ds1"),
        ("no number", "not known"),
    ],
)
def test_a_version_is_found_in_what_a_program_says(said: str, version: str) -> None:
    assert first_version(said) == version


@pytest.mark.parametrize(("folder", "kind"), [("/tmp/a/b", "tmpfs"), ("/tmpfs", "ext4")])
def test_a_file_system_is_that_of_the_longest_mount(folder: str, kind: str) -> None:
    assert file_system_of(Path(folder), MOUNTS) == kind


def test_a_machine_is_described_without_its_name_and_paths(tmp_path: Path) -> None:
    described = " ".join(describe_machine(tmp_path).values())
    assert platform.node() not in described.split()
    assert "/" not in described


def test_memory_is_the_proportional_set_size() -> None:
    rollup = "Rss:  900 kB\nPss:                 100 kB\nPss_Anon:   50 kB\n"
    assert parse_pss(rollup) == 102_400


def test_processor_time_is_read_past_an_odd_name() -> None:
    stat = "7 (a (b) c) S 1 7 7 0 -1 4194304 100 0 0 0 200 100 0 0 20 0 1 0 100"
    assert cpu_seconds(stat) == 300 / os.sysconf("SC_CLK_TCK")
