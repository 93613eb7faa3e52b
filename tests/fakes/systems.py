"""Systems that watch, fail, write short or kill: each a real `System` with something around it."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from data_bank_api.blobs.disk.system import System

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call:
    """A system call and what it was about: a path, or the inode of a descriptor."""

    name: str
    subject: str | int


class InterposedSystem(System):
    """Every call goes through `around`, which makes it by `act`."""

    def around(self, call: Call, act: Callable[[], T]) -> T:
        return act()

    def create(self, path: str) -> int:
        return self.around(Call("create", path), lambda: System.create(self, path))

    def allocate(self, fd: int, size: int) -> None:
        self.around(_on("allocate", fd), lambda: System.allocate(self, fd, size))

    def write(self, fd: int, chunk: bytes | memoryview) -> int:
        return self.around(_on("write", fd), lambda: System.write(self, fd, chunk))

    def truncate(self, fd: int, size: int) -> None:
        self.around(_on("truncate", fd), lambda: System.truncate(self, fd, size))

    def fsync(self, fd: int) -> None:
        self.around(_on("fsync", fd), lambda: System.fsync(self, fd))

    def rename(self, source: str, target: str) -> None:
        self.around(Call("rename", target), lambda: System.rename(self, source, target))

    def mkdir(self, path: str) -> None:
        self.around(Call("mkdir", path), lambda: System.mkdir(self, path))

    def unlink(self, path: str) -> None:
        self.around(Call("unlink", path), lambda: System.unlink(self, path))

    def lock(self, fd: int) -> None:
        self.around(_on("lock", fd), lambda: System.lock(self, fd))


def _on(name: str, fd: int) -> Call:
    return Call(name, os.fstat(fd).st_ino)


class RecordingSystem(InterposedSystem):
    """Keeps the calls in their order."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def around(self, call: Call, act: Callable[[], T]) -> T:
        self.calls.append(call)
        return act()

    def told(self, root: str) -> list[str]:
        """The calls with paths relative to `root`; an inode by the name that it has by now."""
        names = {os.stat(root).st_ino: "."}
        for folder, folders, files in os.walk(root):
            for name in folders + files:
                path = f"{folder}/{name}"
                names[os.stat(path).st_ino] = os.path.relpath(path, root)
        return [f"{call.name} {_name(call.subject, root, names)}" for call in self.calls]


def _name(subject: str | int, root: str, names: dict[int, str]) -> str:
    if isinstance(subject, int):
        return names.get(subject, "?")
    return os.path.relpath(subject, root)


class FailingSystem(RecordingSystem):
    """Its `at`-th call fails with `errno`, the rest work; `failed` is the call, once it was made.

    With `is_done` the call is made first, and then said to have failed (but for `create`, whose
    descriptor nobody would have). Where `never` names a call, that one always fails.
    """

    def __init__(
        self, at: int, errno: int, *, is_done: bool = False, never: str | None = None
    ) -> None:
        super().__init__()
        self._at = at
        self._errno = errno
        self._is_done = is_done
        self._never = never
        self.failed: Call | None = None

    def around(self, call: Call, act: Callable[[], T]) -> T:
        self.calls.append(call)
        if call.name == self._never:
            raise OSError(self._errno, os.strerror(self._errno))
        if len(self.calls) != self._at:
            return act()
        self.failed = call
        if self._is_done and call.name != "create":
            act()
        raise OSError(self._errno, os.strerror(self._errno))


class KillingSystem(InterposedSystem):
    """Kills its process at its `at`-th call: before it is made, or right after."""

    def __init__(self, at: int, *, is_after: bool) -> None:
        self._left = at
        self._is_after = is_after

    def around(self, call: Call, act: Callable[[], T]) -> T:
        self._left -= 1
        if self._left == 0 and not self._is_after:
            _kill()
        try:
            return act()
        finally:
            if self._left == 0:
                _kill()


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class ShortSystem(System):
    """Takes at most `most` bytes with each write."""

    def __init__(self, most: int) -> None:
        self._most = most

    def write(self, fd: int, chunk: bytes | memoryview) -> int:
        return super().write(fd, chunk[: self._most])


class SmallSystem(System):
    """A disk with `size` bytes, less what was allocated; every look at it is counted."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.looks = 0

    def allocate(self, fd: int, size: int) -> None:
        super().allocate(fd, size)
        self.size -= size

    def free(self, path: str) -> int:
        self.looks += 1
        return self.size
