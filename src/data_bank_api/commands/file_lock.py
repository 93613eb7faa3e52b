"""A lock on a file or folder that one process has, and that ends with it."""

import fcntl
import os
from pathlib import Path


def try_lock(path: Path, flags: int = os.O_RDONLY) -> int | None:
    """The descriptor that holds it until it is closed, by each process that has it.

    None where another holds it. Raises OSError where the file cannot be opened so.
    """
    lock = os.open(path, flags | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock
