"""A shard, `ab/cd`, held under its lock: upload and delete of one digest take turns."""

import os
from contextlib import suppress
from types import TracebackType
from typing import Self

from data_bank_api.blobs.disk.layout import Layout
from data_bank_api.blobs.disk.system import System
from data_bank_client.wire.digest import Digest


def sync_directory(system: System, path: str) -> None:
    """Make the names in a directory durable."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        system.fsync(fd)
    finally:
        os.close(fd)


class LockedShard:
    """`with LockedShard(...) as shard:` the lock is held within."""

    def __init__(self, system: System, layout: Layout, digest: Digest) -> None:
        self._system = system
        self._path = layout.shard(digest)
        self._fd = os.open(self._path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def __enter__(self) -> Self:
        try:
            self._system.lock(self._fd)
        except BaseException:
            os.close(self._fd)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._fd)

    def sync(self) -> None:
        self._system.fsync(self._fd)


class Shards:
    """Makes shards, and remembers whose ancestors this process has seen durable."""

    def __init__(self, system: System, layout: Layout) -> None:
        self._system = system
        self._layout = layout
        self._durable: set[str] = set()  # at most 65,536 names

    def make(self, digest: Digest) -> None:
        path = self._layout.shard(digest)
        if path not in self._durable:
            for each in (self._layout.parent(digest), path):
                with suppress(FileExistsError):
                    self._system.mkdir(each)

    def sync_ancestors(self, digest: Digest) -> None:
        """Sync `ab` and the root where this process first uses the shard.

        Also when both were there before: whoever made them may have died before syncing.
        """
        path = self._layout.shard(digest)
        if path not in self._durable:
            sync_directory(self._system, self._layout.parent(digest))
            sync_directory(self._system, self._layout.root)
            self._durable.add(path)
