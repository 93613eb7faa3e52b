"""The folder that the workers of one run keep their figures in, made for them by their parent.

It lies in memory where the system offers that: figures are written through a mapping of a file,
and on a disk such a write waits for the disk, or kills the process when the disk is full.
It is gone after a clean stop. What a killed run left is removed at the next start of any bank
of the same user; one that a process of its run still lives in is not touched.
"""

import fcntl
import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from data_bank_api.observability.slots import is_held

_NAME = "databank-metrics-"
_RUN_LOCK = "run.lock"
_MEMORY = Path("/dev", "shm")


def usual_place(memory: Path = _MEMORY) -> Path:
    return memory if os.access(memory, os.W_OK) else Path(tempfile.gettempdir())


@dataclass(frozen=True, slots=True)
class RunFolder:
    path: Path
    lock: int

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)  # what is left, the next start sweeps
        os.close(self.lock)


def make_run_folder(place: Path) -> RunFolder:
    """An empty one below `place`, for this user only. Raises OSError."""
    sweep(place)
    new = Path(tempfile.mkdtemp(prefix=f".{_NAME}", dir=place))
    lock = os.open(new / _RUN_LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)  # before it has the name that a sweep looks for
    return RunFolder(new.rename(place / new.name.removeprefix(".")), lock)


def sweep(place: Path) -> None:
    """Remove the folders of runs of which no process lives."""
    for folder in place.glob(f"{_NAME}*"):
        if _is_ours(folder) and not any(map(is_held, folder.glob("*.lock"))):
            shutil.rmtree(folder, ignore_errors=True)  # another start may be sweeping too


def _is_ours(folder: Path) -> bool:
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
