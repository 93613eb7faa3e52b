"""The workers of one run, numbered: each holds the lock of its number for as long as it lives.

    worker_0.lock   locked by the worker that has the number 0; its text is the process id

Who comes in a dead worker's place takes its number, and goes on with its figures: so there are
as many numbers as workers, however often one of them is replaced.
"""

import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Slot:
    """A number that is this process's own until it ends, or lets it go."""

    number: int
    lock: int

    def release(self) -> None:
        os.close(self.lock)


def take_slot(folder: Path) -> Slot:
    """The first number that is free. Raises OSError where the folder cannot be used."""
    number = 0
    while (lock := _take(folder / f"worker_{number}.lock")) is None:
        number += 1
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    return Slot(number, lock)


def _take(path: Path) -> int | None:
    """The descriptor that holds the lock; None where another does."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


def is_held(path: Path) -> bool:
    """Whether somebody who lives holds this lock. To ask does not look like holding it."""
    try:
        lock = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def living(folder: Path) -> dict[int, int]:
    """The process id of each number that is held, in the order of the numbers."""
    return {
        number: int(path.read_text() or 0)  # 0: it has only just taken the lock
        for number, path in sorted(_numbered(folder))
        if is_held(path)
    }


def _numbered(folder: Path) -> Iterator[tuple[int, Path]]:
    for path in folder.glob("worker_*.lock"):
        yield int(path.stem.removeprefix("worker_")), path
