"""An unfinished upload: a locked file in `tmp/` that gets its name only when it is durable.

The steps are those of a durable write, in their order; the lock tells a sweeper that the
file is alive.
"""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EDQUOT, EIO, ENOSPC

from data_bank_api.blobs.disk.system import System
from data_bank_client.errors import InsufficientStorageClientError


@contextmanager
def full_disk_told() -> Iterator[None]:
    """Turn the errors of a full disk or quota into InsufficientStorageClientError."""
    try:
        yield
    except OSError as error:
        if error.errno in (ENOSPC, EDQUOT):
            raise InsufficientStorageClientError("the disk is full") from error
        raise


class TemporaryFile:
    """A new file below `folder`, locked while it is open. Nobody else may take its bytes."""

    def __init__(self, system: System, folder: str) -> None:
        self._system = system
        self.path, self._fd = _create(system, folder)
        self._written = 0
        self._is_named = False
        self._is_closed = False

    def allocate(self, size: int) -> None:
        if size:
            self._system.allocate(self._fd, size)

    def write(self, chunk: bytes | memoryview) -> None:
        """Write all of it: near a full disk a write may take only a part."""
        rest = memoryview(chunk)
        while rest:
            taken = self._system.write(self._fd, rest)
            if not taken:
                raise OSError(EIO, "the disk takes no more bytes")
            self._written += taken
            rest = rest[taken:]

    def seal(self, size: int) -> None:
        """Make the bytes durable. After an error this must not be tried again: a second
        fsync can report success for lost data."""
        found = os.fstat(self._fd).st_size
        if found > size:  # room was taken that was not needed
            self._system.truncate(self._fd, size)
            found = os.fstat(self._fd).st_size
        if not found == self._written == size:  # where room was taken, one alone shows nothing
            raise OSError(EIO, f"of {size} bytes {self._written} were written, {found} are there")
        self._system.fsync(self._fd)

    def publish(self, target: str) -> None:
        """Give it its name, also where that is taken."""
        self._system.rename(self.path, target)
        self._is_named = True

    def close(self) -> None:
        """Let it go, and remove it unless it has its name. May be called twice."""
        if not self._is_closed:
            self._is_closed = True
            if not self._is_named:
                with suppress(OSError):  # the next start's sweep takes it
                    self._system.unlink(self.path)
            os.close(self._fd)
            self._fd = -1  # the number may soon be another file's


def _create(system: System, folder: str) -> tuple[str, int]:
    while True:
        path = f"{folder}/{uuid.uuid4().hex}"
        fd = system.create(path)
        try:
            system.lock(fd)
        except BaseException:
            with suppress(OSError):
                system.unlink(path)
            os.close(fd)
            raise
        if os.fstat(fd).st_nlink:
            return path, fd
        os.close(fd)  # a sweeper came between: start over
