"""Waiting for a server to have nothing more to do."""

import os
import time
from contextlib import suppress
from pathlib import Path

from benchmarks.peers.process import tree

LONGEST = 300.0
_IDLE_SHARE = 0.02  # of one core


def cpu_seconds(stat: str) -> float:
    """Of the text of /proc/PID/stat: the time in user mode and in the kernel."""
    fields = stat.rpartition(")")[2].split()  # a name may hold blanks
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _spent(pid: int) -> float:
    total = 0.0
    for each in tree(pid):
        with suppress(FileNotFoundError, ProcessLookupError):
            total += cpu_seconds(Path(f"/proc/{each}/stat").read_text())
    return total


def wait_until_idle(pid: int) -> float:
    """How many seconds it was busy, at most LONGEST."""
    begun = time.monotonic()
    while (now := time.monotonic()) - begun < LONGEST:
        before = _spent(pid)
        time.sleep(2)
        if (_spent(pid) - before) / (time.monotonic() - now) < _IDLE_SHARE:
            return now - begun
    return LONGEST
