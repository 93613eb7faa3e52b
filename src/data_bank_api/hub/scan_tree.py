"""What lies below a root, opened step by step: no name and no link leads out of it.

Each folder on the way is opened by its name in the one before, never through a link; links are
read, and gone after name by name, as the system would, but `..` ends at the root. So it does not
matter what becomes of a name meanwhile: what is opened was below the root.
"""

import os
import stat
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from errno import EINVAL
from io import FileIO
from pathlib import Path

from data_bank_api.blobs.disk.system import READ_FLAGS
from data_bank_api.hub.scan_skips import DEEPEST, Reason, SkippedError, skipping

Parts = tuple[str, ...]  # of a path below the root, none of them a link, `.` or `..`
LINKS = 40  # that one path may lead over
# And names, `..` too: each is opened from the root on, so a few kilobytes of `a/..` cost seconds.
NAMES = 4 * DEEPEST
_FOLDER = READ_FLAGS | os.O_DIRECTORY


class Tree:
    """Open until `close`. `own` are folders and files that nobody is led to."""

    def __init__(self, root: Path, own: Iterable[Path]) -> None:
        """Raises OSError where the root cannot be opened. The root itself may be a link."""
        self.names = (root, Path(os.path.realpath(root)))
        self._own = set(filter(None, map(_identity_at, own)))
        self._root = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def close(self) -> None:
        os.close(self._root)

    @contextmanager
    def folder(self, parts: Parts) -> Iterator[int]:
        """A folder, open. Raises SkippedError."""
        with ExitStack() as opened:
            at = self._root
            for name in parts:
                at = self.enter(at, name)
                opened.callback(os.close, at)
            yield at

    def enter(self, folder: int, name: str) -> int:
        """A folder in an open one; the caller closes it. Raises SkippedError."""
        with skipping():
            inner = os.open(name, _FOLDER, dir_fd=folder)
        try:
            self.check(os.fstat(inner))
        except SkippedError:
            os.close(inner)
            raise
        return inner

    def check(self, found: os.stat_result) -> None:
        """Raises SkippedError for what is the bank's own."""
        if _identity(found) in self._own:
            raise SkippedError(Reason.OWN)

    def follow(self, at: Parts, path: str) -> Parts:
        """Where a path leads to, seen from a folder. Raises SkippedError."""
        todo: deque[str] = deque()
        done = self._turn(list(at), todo, path)
        links = names = 0
        while todo:
            name = todo.popleft()
            link = None if name == ".." else self._link(tuple(done), name)
            if link is not None:
                done, links = self._turn(done, todo, link), links + 1
            else:
                _go(done, name)
            names += 1
            if links > LINKS or names > NAMES:
                raise SkippedError(Reason.LEADS_NOWHERE)
        return tuple(done)

    def status(self, parts: Parts) -> os.stat_result:
        """Of what is there, a link too. Raises SkippedError."""
        if not parts:
            return os.fstat(self._root)
        with self.folder(parts[:-1]) as folder, skipping(gone=Reason.LEADS_NOWHERE):
            return os.stat(parts[-1], dir_fd=folder, follow_symlinks=False)

    def open(self, parts: Parts) -> FileIO:
        """A regular file. Raises SkippedError."""
        with self.folder(parts[:-1]) as folder:
            return open_file(folder, parts[-1])

    def _turn(self, done: list[str], todo: deque[str], path: str) -> list[str]:
        """Where to go on from, the path's parts being the next to do."""
        if path.startswith("/"):
            done, path = [], self._below(Path(path))
        todo.extendleft(reversed([each for each in path.split("/") if each not in {"", "."}]))
        return done

    def _below(self, path: Path) -> str:
        for name in self.names:
            if path.is_relative_to(name):
                return str(path.relative_to(name))
        raise SkippedError(Reason.LEADS_OUT)

    def _link(self, parts: Parts, name: str) -> str | None:
        """What a link says; None for what is none."""
        with self.folder(parts) as folder, skipping(gone=Reason.LEADS_NOWHERE):
            try:
                return os.readlink(name, dir_fd=folder)
            except OSError as error:
                if error.errno != EINVAL:
                    raise
                return None


def open_file(folder: int, name: str) -> FileIO:
    """A regular file in an open folder, and nothing else: no pipe is waited for."""
    with skipping():
        opened = os.open(name, READ_FLAGS, dir_fd=folder)
    if not stat.S_ISREG(os.fstat(opened).st_mode):
        os.close(opened)
        raise SkippedError(Reason.NOT_REGULAR)
    return FileIO(opened)


def _go(done: list[str], name: str) -> None:
    if name != "..":
        done.append(name)
    elif done:
        done.pop()
    else:
        raise SkippedError(Reason.LEADS_OUT)
    if len(done) > DEEPEST:
        raise SkippedError(Reason.TOO_DEEP)


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino


def _identity_at(path: Path) -> tuple[int, int] | None:
    with suppress(OSError):
        return _identity(path.stat())
    return None
