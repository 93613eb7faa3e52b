"""The memory of a process and its children, from /proc: the proportional set size."""

import re
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from benchmarks.peers.process import tree

_PSS = re.compile(r"^Pss:\s+(\d+) kB$", re.MULTILINE)


def parse_pss(rollup: str) -> int:
    """Bytes, from the text of a smaps_rollup."""
    match = _PSS.search(rollup)
    return 0 if match is None else int(match[1]) * 1024


def memory_of(pid: int) -> int:
    """Bytes of a process and all below it, shared pages by their share."""
    total = 0
    for each in tree(pid):
        with suppress(FileNotFoundError, ProcessLookupError):
            total += parse_pss(Path(f"/proc/{each}/smaps_rollup").read_text())
    return total


def peak_of(pid: int, act: Callable[[], None], every: float = 0.05) -> int:
    """The highest of `memory_of` while `act` runs."""
    highest, is_over = memory_of(pid), threading.Event()

    def watch() -> None:
        nonlocal highest
        while not is_over.wait(every):
            highest = max(highest, memory_of(pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        act()
    finally:
        is_over.set()
        watcher.join()
    return highest
