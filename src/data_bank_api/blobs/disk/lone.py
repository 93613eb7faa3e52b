"""Work that one process does at a time: whoever holds the lock of its file."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data_bank_api.blobs.disk.system import System


@contextmanager
def lone(path: Path, system: System) -> Iterator[bool]:
    """Whether the lock was free; it is held within. The file stays, and its process may be killed.

    Raises OSError where the file cannot be made.
    """
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield system.try_lock(fd)
    finally:
        os.close(fd)
