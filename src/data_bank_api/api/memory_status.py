"""The memory of this process, of the machine, and the garbage collector.

What a system does not tell (macOS has no /proc) is None.
"""

import gc
import os
import re
import resource
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from data_bank_client.wire.catalog import (
    CollectorGeneration,
    MemoryStatus,
    ProcessMemory,
    SystemMemory,
)

Read = Callable[[str], str]

_KIB = 1024
# ru_maxrss is in kilobytes, but on macOS in bytes.
_PEAK_UNIT = 1 if sys.platform == "darwin" else _KIB
_LIMIT, _USED = "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"


def read_text(path: str) -> str:
    """Of a file of the system; empty where there is none."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError:
        return ""


def memory_status(read: Read = read_text) -> MemoryStatus:
    return MemoryStatus(
        process=_process(read), system=_system(read), garbage_collector=_collector()
    )


def _process(read: Read) -> ProcessMemory:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _PEAK_UNIT
    return ProcessMemory(
        pid=os.getpid(),
        rss_bytes=_kilobytes(read("/proc/self/status"), "VmRSS"),
        peak_rss_bytes=peak,
        threads=threading.active_count(),
    )


def _system(read: Read) -> SystemMemory:
    machine = read("/proc/meminfo")
    total, free = _kilobytes(machine, "MemTotal"), _kilobytes(machine, "MemAvailable")
    limit, used = _number(read(_LIMIT)), _number(read(_USED))
    left = None if limit is None or used is None else max(0, limit - used)
    return SystemMemory(total_bytes=_least(total, limit), available_bytes=_least(free, left))


def _collector() -> list[CollectorGeneration]:
    every = zip(gc.get_threshold(), gc.get_count(), gc.get_stats(), strict=True)
    return [
        CollectorGeneration(
            threshold=threshold,
            count=count,
            collections=stats["collections"],
            collected=stats["collected"],
            uncollectable=stats["uncollectable"],
        )
        for threshold, count, stats in every
    ]


def _kilobytes(text: str, name: str) -> int | None:
    found = re.search(rf"^{name}:\s*([0-9]+) kB$", text, re.MULTILINE)
    return None if found is None else int(found.group(1)) * _KIB


def _number(text: str) -> int | None:
    """None for `max`, too."""
    return int(text) if text.strip().isdecimal() else None


def _least(*known: int | None) -> int | None:
    return min((each for each in known if each is not None), default=None)
