"""What a process tells of its memory."""

import os

from data_bank_api.api.memory_status import memory_status, read_text

MACHINE = {
    "/proc/self/status": "Name:\tpython\nVmPeak:\t 9 kB\nVmRSS:\t   2048 kB\n",
    "/proc/meminfo": "MemTotal:  8192 kB\nMemFree: 1 kB\nMemAvailable:  4096 kB\n",
}


def limited(limit: str, used: str) -> dict[str, str]:
    group = "/sys/fs/cgroup/memory"
    return {**MACHINE, f"{group}.max": limit, f"{group}.current": used}


def test_the_process_and_its_machine_are_told() -> None:
    told = memory_status(lambda path: MACHINE.get(path, ""))
    assert told["process"]["rss_bytes"] == 2 << 20
    assert told["system"] == {"total_bytes": 8 << 20, "available_bytes": 4 << 20}


def test_a_containers_limit_is_what_there_is() -> None:
    told = memory_status(lambda path: limited("3145728\n", "2097152\n").get(path, ""))
    assert told["system"] == {"total_bytes": 3 << 20, "available_bytes": 1 << 20}
    told = memory_status(lambda path: limited("max\n", "2097152\n").get(path, ""))
    assert told["system"] == {"total_bytes": 8 << 20, "available_bytes": 4 << 20}


def test_what_a_system_does_not_tell_is_none() -> None:
    told = memory_status(lambda _: "")
    assert told["process"]["rss_bytes"] is None
    assert told["system"] == {"total_bytes": None, "available_bytes": None}


def test_this_process_tells_of_itself() -> None:
    told = memory_status()
    assert told["process"]["pid"] == os.getpid()
    assert (told["process"]["peak_rss_bytes"] or 0) > 10 << 20
    assert [each["threshold"] > 0 for each in told["garbage_collector"]][:2] == [True, True]


def test_a_file_that_is_not_there_is_empty() -> None:
    assert read_text("/proc/none") == ""
    assert "MemTotal" in read_text("/proc/meminfo")
