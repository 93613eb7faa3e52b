"""Folders for what lies on the disk while a report is made: each is gone when its run is over.

    ROOT/              locked while a folder is made or swept
    ROOT/run-.../      one run's own, locked as long as it lives

A run that was killed leaves its folder, and no lock: whoever comes next removes it.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_PREFIX = "run-"


@contextmanager
def scratch_folder(root: Path) -> Iterator[Path]:
    """An empty folder below `root`, which need not be there."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(root, fcntl.LOCK_SH):
        path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=root))
        fd = os.open(path, _FLAGS)
        fcntl.flock(fd, fcntl.LOCK_EX)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(fd)


def sweep_scratch(root: Path) -> int:
    """Remove the folders of runs that are gone; how many. Where there is no root there are none."""
    if not root.is_dir():
        return 0
    with _locked(root, fcntl.LOCK_EX):
        return sum(_sweep(path) for path in sorted(root.glob(f"{_PREFIX}*")))


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    fd = os.open(folder, _FLAGS)
    try:
        fcntl.flock(fd, how)
        yield
    finally:
        os.close(fd)


def _sweep(path: Path) -> bool:
    """Whether its run is gone. What a dying child of it makes meanwhile is left for the next."""
    try:
        with _locked(path, fcntl.LOCK_EX | fcntl.LOCK_NB):
            shutil.rmtree(path, ignore_errors=True)
    except (BlockingIOError, FileNotFoundError):
        return False
    return True
