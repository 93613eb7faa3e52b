"""A file that lies on the store's disk already, under a name that is not the store's.

Its bytes are read back and not written again; then it is sealed and gets its name in the store by
the steps of any upload. Whoever brought it holds it, and sees to it that nobody writes to it.
"""

import os
import stat
from contextlib import suppress
from errno import EIO, ESTALE

from data_bank_api.blobs.disk.layout import is_at
from data_bank_api.blobs.disk.system import READ_FLAGS, System


class AdoptedFile:
    """The file at `path`, as it is opened now. Raises OSError where there is none."""

    def __init__(self, system: System, path: str) -> None:
        self._system = system
        self._path = path
        self._fd = os.open(path, READ_FLAGS)
        self._read = 0

    @property
    def size(self) -> int:
        return os.fstat(self._fd).st_size

    def write(self, chunk: bytes | memoryview) -> None:
        """So much was read back."""
        self._read += len(chunk)

    def seal(self, size: int) -> None:
        """Make the bytes durable. Where that fails the file is removed, for after it a second
        fsync can report success for lost data."""
        found = os.fstat(self._fd)
        if not found.st_size == self._read == size or not stat.S_ISREG(found.st_mode):
            raise OSError(EIO, f"of {size} bytes {self._read} were read, {found.st_size} are there")
        try:
            self._system.fsync(self._fd)
        except BaseException:
            with suppress(OSError):  # its owner sweeps it away
                self._system.unlink(self._path)
            raise

    def publish(self, target: str) -> None:
        """Give it its name, also where that is taken. Raises OSError where another file has
        taken its place: it was not the one that was read."""
        if not is_at(self._path, self._fd):
            raise OSError(ESTALE, "another file has taken its place")
        self._system.rename(self._path, target)

    def close(self) -> None:
        """Let it go, and leave it where it is. May be called twice."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1  # the number may soon be another file's
