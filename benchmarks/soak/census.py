"""What a server holds, counted from outside by /proc: its process and all below it."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MIB = 1024 * 1024
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Census:
    """`memory` is bytes that no other process shares; sockets are descriptors too."""

    memory: int
    descriptors: int
    threads: int

    def __str__(self) -> str:
        return (
            f"{self.memory / MIB:.0f} MiB, {self.descriptors} descriptors, {self.threads} threads"
        )


def family(pid: int) -> Iterator[int]:
    """A process and its descendants."""
    yield pid
    for task in (_PROC / str(pid) / "task").iterdir():
        with suppress(OSError):  # it ended meanwhile
            for child in (task / "children").read_text().split():
                yield from family(int(child))


def count(pid: int) -> Census:
    pids = list(family(pid))
    return Census(
        memory=sum(map(_own_memory, pids)),
        descriptors=sum(len(list((_PROC / str(each) / "fd").iterdir())) for each in pids),
        threads=sum(len(list((_PROC / str(each) / "task").iterdir())) for each in pids),
    )


def _own_memory(pid: int) -> int:
    lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    private = [line.split() for line in lines if line.startswith("Private_")]
    return sum(int(words[1]) for words in private) * 1024


def count_until(pid: int, is_well: Callable[[Census], bool], seconds: float) -> Census:
    """The first census that is well, or the last within the time."""
    deadline = time.monotonic() + seconds
    while True:
        found = count(pid)
        if is_well(found) or time.monotonic() > deadline:
            return found
        time.sleep(0.2)
