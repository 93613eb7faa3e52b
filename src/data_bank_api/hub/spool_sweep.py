"""Removes what was begun and is wanted no more: spools that nobody has touched for long."""

import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path

from data_bank_api.blobs.disk.layout import is_at

_FLAGS = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW


def sweep_spools(folder: Path, age: float, now: float | None = None) -> int:
    """Remove those untouched for `age` seconds that no process holds; how many there were.

    `now` in seconds since 1970. It may run beside downloads, and where there is no folder.
    """
    oldest = (time.time() if now is None else now) - age
    maps = {path.with_suffix(".map") for path in _files_in(folder)}
    return sum(_sweep(path) for path in sorted(maps) if _touched(path) < oldest)


def _files_in(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if path.suffix in (".map", ".data")]


def _touched(path: Path) -> float:
    """Of either of the two: what is written through a map is seen in its own time alone."""
    pair = (path, path.with_suffix(".data"))
    times = [each.lstat().st_mtime for each in pair if os.path.lexists(each)]
    return max(times, default=time.time())


def _sweep(path: Path) -> bool:
    """Whether it was free to be removed. As a download does: by the lock of the map, which is
    made where there is none, and counts while the path names it; the map goes last."""
    with suppress(BlockingIOError):
        fd = os.open(path, _FLAGS, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if is_at(str(path), fd):
                path.with_suffix(".data").unlink(missing_ok=True)
                path.unlink()
                return True
        finally:
            os.close(fd)
    return False
