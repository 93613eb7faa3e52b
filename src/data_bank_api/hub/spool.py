"""A file on its way in, kept until it is whole: it outlives the process, and a power cut.

    <name>.map     which parts of them have come (part_map.py)
    <name>.data    the bytes, each at its place; as long as the file from the start

Whoever opens the data holds an exclusive `flock` on the map, which the system lets go of when the
process ends, however it ends; so nobody else has the data open when they become a blob by their
rename (`path`). The lock counts while the map's path names what was locked. A part's bytes are
written before the map says so, and synced before it says so for good (syncing.py): what the map
says is there is there. Where the data are not as long as the file, no map counts: so the map is
the last to be removed, and says nothing without its data.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from errno import EIO
from pathlib import Path
from typing import Self

from data_bank_api.blobs.disk.draft import full_disk_told
from data_bank_api.blobs.disk.layout import is_at
from data_bank_api.blobs.disk.shard import sync_directory
from data_bank_api.blobs.disk.system import System
from data_bank_api.hub.part_map import SLOTS, SYNCED, Part, PartMap, decode, encode_slot
from data_bank_api.hub.syncing import Syncing
from data_bank_client.errors import InsufficientStorageClientError

_FLAGS = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
# Between two looks at a file that another process holds, in seconds.
LOOK_AGAIN = 0.2


class Spool:
    """Open and locked until `close`. Threads may write, read and settle parts at once."""

    def __init__(
        self, folder: Path, name: str, lock: int, syncing: Syncing, system: System
    ) -> None:
        self.path = str(folder / f"{name}.data")
        self._folder = str(folder)
        self._map_path = str(folder / f"{name}.map")
        self._system = system
        self._map = lock
        self._data = os.open(self.path, _FLAGS, 0o600)
        self._syncing = syncing
        self._turn = threading.Lock()
        self._sync_turn = threading.Lock()
        self._synced_at = time.monotonic()
        self.parts = PartMap(0, 1, "")

    @classmethod
    def open(
        cls,
        folder: Path,
        name: str,
        pause: Callable[[float], None],
        syncing: Syncing,
        system: System | None = None,
    ) -> Self:
        """Wait for the lock. `pause` sleeps for so many seconds, and may raise."""
        system = system or System()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = str(folder / f"{name}.map")
        while True:
            with ExitStack() as unless_kept:
                lock = os.open(path, _FLAGS, 0o600)
                unless_kept.callback(os.close, lock)
                # It may have been finished, or swept away, before it was locked.
                if not system.try_lock(lock):
                    pause(LOOK_AGAIN)
                elif is_at(path, lock):
                    spool = cls(folder, name, lock, syncing, system)
                    unless_kept.pop_all()
                    return spool

    def prepare(self, wanted: PartMap, min_free: int) -> None:
        """Go on with what is there where it is of the same file; else take the room and begin.

        `wanted` is the map of a beginning. Raises InsufficientStorageClientError, and nothing is
        left then.
        """
        found = decode(os.pread(self._map, os.fstat(self._map).st_size, 0), self._syncing.boot)
        is_ready = os.fstat(self._data).st_size == wanted.size
        if is_ready and found and (found.size, found.etag) == (wanted.size, wanted.etag):
            self.parts = found
            return
        try:
            with full_disk_told():
                self._guard(wanted.size, min_free)
                self._begin(wanted)  # before the data have the length with which a map counts
                self._take_room(wanted.size)
                self._guard(0, min_free)  # others may have passed the first one, and taken room
        except BaseException:
            self.discard()
            raise

    def _guard(self, size: int, min_free: int) -> None:
        if self._system.free(self._folder) - size < min_free:
            raise InsufficientStorageClientError("the disk has no room for this download")

    def _take_room(self, size: int) -> None:
        self._system.truncate(self._data, 0)
        self._system.allocate(self._data, size)
        self._system.truncate(self._data, size)  # where allocating is not offered

    def _begin(self, parts: PartMap) -> None:
        self._system.truncate(self._map, 0)
        _write_all(self._map, encode_slot(parts, SYNCED) * SLOTS, 0)
        self._system.fsync(self._map)
        self.parts = parts
        sync_directory(self._system, self._folder)

    def begin_anew(self, etag: str) -> None:
        """Nothing that has come counts any more. Nobody else may be writing."""
        with full_disk_told():
            self._begin(self.parts.emptied(etag))

    def write(self, at: int, chunk: bytes | memoryview) -> None:
        with full_disk_told():
            _write_all(self._data, chunk, at)

    @property
    def is_worth_keeping(self) -> bool:
        """Whether there is something to go on with."""
        return bool(self.parts.done) and is_at(self.path, self._data)

    def read_into(self, start: int, room: memoryview) -> None:
        """Fill all of `room` with the bytes from `start` on."""
        while room:
            taken = os.preadv(self._data, [room], start)
            if not taken:
                raise OSError(EIO, "the data have become shorter")
            start, room = start + taken, room[taken:]

    def settle(self, part: Part) -> None:
        """All of the part was written: it is there for the next one who opens the spool.

        Now and then it is synced here, while others go on.
        """
        with self._all_or_nothing():
            self._record(part)
            if time.monotonic() - self._synced_at >= self._syncing.every:
                self._sync()

    def write_out(self) -> None:
        """Bring what has come to the disk, while others go on: the commit has less to wait for."""
        if self._sync_turn.acquire(blocking=False):  # else another one is at it
            try:
                with self._all_or_nothing():
                    self._system.fsync(self._data)
            finally:
                self._sync_turn.release()

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """An error throws all away: after it a second sync can report success for lost data."""
        try:
            with full_disk_told():
                yield
        except BaseException:
            self.discard()
            raise

    def _record(self, part: Part) -> None:
        with self._turn:
            self.parts = self.parts.with_done(part).next_writing()
            slot = encode_slot(self.parts, self._syncing.boot)
            _write_all(self._map, slot, (2 + self.parts.writing % 2) * len(slot))

    def _sync(self) -> None:
        if not self._sync_turn.acquire(blocking=False):
            return  # another one is at it
        try:
            parts = self.parts
            self._system.fsync(self._data)
            with self._turn:
                self.parts = self.parts.next_sync()
                slot = encode_slot(replace(parts, syncs=self.parts.syncs), SYNCED)
                _write_all(self._map, slot, self.parts.syncs % 2 * len(slot))
            self._system.fsync(self._map)
            self._synced_at = time.monotonic()
        finally:
            self._sync_turn.release()

    def discard(self) -> None:
        """Leave nothing behind; also what is left when the data have become a blob. May be called
        again: what another process has begun by then is not this one's."""
        if is_at(self._map_path, self._map):
            with suppress(FileNotFoundError):
                self._system.unlink(self.path)
            self._system.unlink(self._map_path)

    def close(self) -> None:
        os.close(self._map)
        os.close(self._data)


def _write_all(fd: int, chunk: bytes | memoryview, at: int) -> None:
    rest = memoryview(chunk)
    while rest:
        taken = os.pwrite(fd, rest, at)
        at += taken
        rest = rest[taken:]
