"""A file being fetched: a partial file beside its target that outlives the process.

    /data/model.bin                                       the target, there only when whole
    /data/.<64 digits of the digest>-<8 of the name>.part  what has arrived so far

The partial's name says whose bytes it holds, so that a later run can continue it. Whoever
writes it holds an exclusive `flock`, which the system lets go of when the process ends,
however it ends. The name of the target is in it only as a hash: it fits where the target's
own name of 255 bytes does.
"""

import errno
import fcntl
import hashlib
import os
import stat
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path
from typing import Never

from data_bank_client.calls.call import Answer, Give, Phase, Progress, Signal
from data_bank_client.calls.portion import Portion
from data_bank_client.errors import ConflictError, InvalidInputError
from data_bank_client.hashing import hash_file
from data_bank_client.wire.digest import Digest


def partial_path(target: Path, digest: Digest) -> Path:
    """Where what arrives of this file for this target is kept until it is whole."""
    name = hashlib.sha256(os.fsencode(target.name)).hexdigest()[:8]
    return target.with_name(f".{digest}-{name}.part")


def check_target(target: Path) -> None:
    """Raise an OSError or InvalidInputError where no file can be put in this place."""
    if not target.parent.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(target.parent))
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    if target.exists() and not target.is_file():
        raise InvalidInputError(f"{target} is not a regular file: write what `stream` gives to it")


def _open_locked(path: Path) -> int:
    """The file, made where missing and locked.

    Raises ConflictError where another holds it, or where it is not one to write into.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    while True:
        descriptor = os.open(path, flags, 0o666)
        with ExitStack() as unless_kept:
            unless_kept.callback(os.close, descriptor)
            _lock(descriptor, path)
            if _is_in_place(descriptor, path):
                _check_own(os.fstat(descriptor), path)
                unless_kept.pop_all()
                return descriptor


def _lock(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ConflictError(f"another download is writing {path}") from error


def _is_in_place(descriptor: int, path: Path) -> bool:
    """False where, before it was locked, its former writer finished and moved the file away."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False


def _check_own(status: os.stat_result, path: Path) -> None:
    """Raise ConflictError for what somebody may have put there to be written into or read along.

    The name can be foretold. A pipe would hang, a hard link is another file too, and whoever
    owns the file can change it after it was verified; the folder's owner could anyway, and
    is who owns all files on a mount that maps them to one.
    """
    owners = {os.geteuid(), path.parent.stat().st_uid}
    if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1 or status.st_uid not in owners:
        raise ConflictError(f"{path} is not a download's partial file of your own: remove it")


class Partial:
    """The partial file, open and locked until `close`. It is a sink of `fetch`.

    Nothing is buffered: what was taken outlives a kill. With `is_hashed` False no hash is kept.
    Raises ConflictError where another process, or another call in this one, is writing it, and
    where what has its name is a pipe, has other names too, or is another user's.
    """

    def __init__(
        self,
        target: Path,
        digest: Digest,
        *,
        is_hashed: bool = True,
        on_progress: Progress | None = None,
    ) -> None:
        check_target(target)
        self._target = target
        self._path = partial_path(target, digest)
        self._digest = digest
        self._is_hashed = is_hashed
        self._on_progress = on_progress
        self._file = os.fdopen(_open_locked(self._path), "r+b", buffering=0)
        self._is_there = True
        self._hash = hashlib.sha256()
        self._size: int | None = None
        self.position = os.fstat(self._file.fileno()).st_size

    def rehash(self) -> Generator[Signal, Answer, None]:
        """Read what an earlier run left, which must be done once before `take`."""
        if self._is_hashed:
            yield from hash_file(self._file, self._hash, self.position, self._on_progress)
        self._file.seek(self.position)

    def restart(self) -> None:
        """Throw away what there is."""
        self._file.seek(0)
        self._file.truncate()
        self._hash = hashlib.sha256()
        self.position = 0

    def begin(self, portion: Portion) -> None:
        """An answer that begins at 0 is another state of the file: start over."""
        self._size = portion.size
        if portion.start < self.position:
            self.restart()

    def take(self, start: int, chunk: bytes) -> Give[Never] | None:
        """Append a chunk, whose place `begin` has seen to. Raises OSError, as for a full disk."""
        view = memoryview(chunk)
        while view:
            view = view[self._file.write(view) :]
        if self._is_hashed:
            self._hash.update(chunk)
        self.position = start + len(chunk)
        if self._on_progress is not None:
            self._on_progress(Phase.RECEIVING, self.position, self._size)
        return None

    @property
    def is_right(self) -> bool:
        """Whether what is there hashes to the digest; true also where no hash is kept."""
        return not self._is_hashed or self._hash.hexdigest() == self._digest.hex

    @property
    def is_known_whole(self) -> bool:
        """Whether the service need not be asked: an earlier run ended just before its end."""
        return self._is_hashed and self.position > 0 and self.is_right

    def finish(self) -> None:
        """Put the file in its target's place. Only what is on the disk gets there.

        The folder is not synced: a crash can only bring the partial file back, and it is whole.
        """
        os.fsync(self._file.fileno())
        self._path.replace(self._target)
        self._is_there = False

    def close(self) -> None:
        """Let go of the file; one that holds nothing is removed."""
        if self._is_there and self.position == 0:
            self._path.unlink(missing_ok=True)
        self._file.close()
