"""The system calls that a durable write is made of, each the place where a disk can fail.

Tests pass a System that fails, writes short or kills the process at the n-th call.
"""

import fcntl
import os
from errno import EINVAL, ENOSYS, EOPNOTSUPP

# For reading what others may have put there: no link is followed, no pipe waited for.
READ_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC

# What posix_fallocate says where the file system or the C library cannot do it.
_NOT_OFFERED = (EINVAL, ENOSYS, EOPNOTSUPP)


class System:
    def create(self, path: str) -> int:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        return os.open(path, flags, 0o600)

    def allocate(self, fd: int, size: int) -> None:
        """Take room for `size` bytes now, so that others see it gone, where that is offered."""
        if not hasattr(os, "posix_fallocate"):  # macOS
            return
        try:
            os.posix_fallocate(fd, 0, size)
        except OSError as error:
            if error.errno not in _NOT_OFFERED:
                raise

    def read_now(self, fd: int, size: int) -> bytes | None:
        """The first `size` bytes of a file where they are in memory; else None, at once."""
        if not hasattr(os, "RWF_NOWAIT"):  # macOS
            return None
        content = bytearray(size)
        try:
            taken = os.preadv(fd, [content], 0, os.RWF_NOWAIT)
        except OSError:  # EAGAIN: it is on the disk; EOPNOTSUPP: this file system cannot tell
            return None
        return bytes(content) if taken == size else None

    def write(self, fd: int, chunk: bytes | memoryview) -> int:
        return os.write(fd, chunk)

    def truncate(self, fd: int, size: int) -> None:
        os.ftruncate(fd, size)

    def fsync(self, fd: int) -> None:
        os.fsync(fd)

    def rename(self, source: str, target: str) -> None:
        os.rename(source, target)

    def mkdir(self, path: str) -> None:
        os.mkdir(path, 0o700)

    def unlink(self, path: str) -> None:
        os.unlink(path)

    def free(self, path: str) -> int:
        """Bytes that this user may still write to the disk that holds `path`."""
        found = os.statvfs(path)
        return found.f_bavail * found.f_frsize

    def capacity(self, path: str) -> int:
        """Bytes of the disk that holds `path`, taken or not."""
        found = os.statvfs(path)
        return found.f_blocks * found.f_frsize

    def lock(self, fd: int) -> None:
        """Wait for the exclusive lock; closing the descriptor lets it go."""
        fcntl.flock(fd, fcntl.LOCK_EX)

    def try_lock(self, fd: int) -> bool:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
