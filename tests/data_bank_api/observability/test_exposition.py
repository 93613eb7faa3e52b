"""The text for Prometheus: versions and processes."""

import os
from importlib.metadata import version
from pathlib import Path

import pytest

from data_bank_api.observability.exposition import Build, Exposition, Processes
from tests.fakes.scraped import Scraped

on_linux = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc")


def test_the_version_is_told() -> None:
    found = Scraped.parse(Exposition([Build()]).text().decode())
    assert found.samples == {f'databank_build_info{{version="{version("data-bank")}"}}': 1}


@on_linux
def test_each_worker_is_told_by_its_number() -> None:
    processes = Processes(lambda: {0: os.getpid(), 3: os.getppid()})
    found = Scraped.parse(Exposition([processes]).text().decode())
    memory = "databank_process_resident_memory_bytes"
    assert [name for name in found.samples if memory in name] == [
        f'{memory}{{worker="0"}}',
        f'{memory}{{worker="3"}}',
    ]
    assert found[f'{memory}{{worker="0"}}'] > 1_000_000
    assert set(found.families) == {
        "databank_process_cpu_seconds_total",
        "databank_process_max_fds",
        "databank_process_open_fds",
        memory,
        "databank_process_start_time_seconds",
        "databank_process_virtual_memory_bytes",
    }


def test_a_process_that_has_just_ended_is_left_out() -> None:
    assert list(Processes(lambda: {0: 2**30}).collect()) == []
