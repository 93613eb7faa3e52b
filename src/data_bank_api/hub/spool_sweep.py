"""Removes what was begun and is wanted no more: spools that nobody has touched for long."""

import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path

_FLAGS = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW


def sweep_spools(folder: Path, age: float, now: float | None = None) -> int:
    """Remove those untouched for `age` seconds that no process holds; how many there were.

    `now` in seconds since 1970. It may run beside downloads, and where there is no folder.
    """
    oldest = (time.time() if now is None else now) - age
    old = [path for path in _files_in(folder) if _touched(path) < oldest]
    swept = sum(_sweep(path) for path in old if path.suffix == ".data")
    for path in old:
        if path.suffix == ".map" and not path.with_suffix(".data").exists():
            path.unlink(missing_ok=True)
    return swept


def _files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def _touched(path: Path) -> float:
    """Of either of the two: what is written through a map is seen in its own time alone."""
    pair = (path.with_suffix(".data"), path.with_suffix(".map"))
    times = [each.lstat().st_mtime for each in pair if each.exists()]
    return max(times, default=time.time())


def _sweep(data: Path) -> bool:
    """Whether it was free to be removed. The map goes first: data alone say nothing."""
    with suppress(FileNotFoundError, BlockingIOError):
        fd = os.open(data, _FLAGS)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            data.with_suffix(".map").unlink(missing_ok=True)
            data.unlink()
        finally:
            os.close(fd)
        return True
    return False
