"""What is done about a defect; a rehearsal does nothing and lets the same be said of it."""

import os
from dataclasses import replace
from typing import Protocol

from data_bank_api.blobs.checking import judge
from data_bank_api.blobs.disk.defects import REBUILT, REMOVED, Defect
from data_bank_api.blobs.disk.layout import Layout
from data_bank_api.blobs.disk.shard import LockedShard
from data_bank_api.blobs.disk.sidecar import derive_info, read_sidecar
from data_bank_api.blobs.disk.store import DiskStore
from data_bank_api.blobs.disk.system import System
from data_bank_api.blobs.store import OpenBlob, quarantined
from data_bank_client.wire.digest import Digest


class Remedies(Protocol):
    """Each raises OSError where it cannot be done."""

    def remove(self, path: str) -> None: ...

    def cure(self, digest: Digest, defect: Defect) -> None:
        """Under the lock of the shard."""
        ...

    def settle(self, shard: LockedShard) -> None:
        """Make what was done in a shard durable."""
        ...

    def judge(self, blob: OpenBlob, found: str) -> None:
        """Raises FileQuarantinedError unless `found` is the blob's digest."""
        ...


class Cures:
    """The real ones."""

    def __init__(self, root: str, store: DiskStore, system: System) -> None:
        self._layout = Layout(root)
        self._store = store
        self._system = system
        self._cures = {REMOVED: self._remove, REBUILT: self._rebuild}

    def remove(self, path: str) -> None:
        self._system.unlink(path)

    def cure(self, digest: Digest, defect: Defect) -> None:
        self._cures[defect.cure](digest, defect)

    def settle(self, shard: LockedShard) -> None:
        shard.sync()

    def judge(self, blob: OpenBlob, found: str) -> None:
        judge(blob, found)

    def _remove(self, digest: Digest, defect: Defect) -> None:
        self.remove(f"{self._layout.shard(digest)}/{digest}.{defect.kind}")

    def _rebuild(self, digest: Digest, _: Defect) -> None:
        path = self._layout.sidecar(digest)
        found = os.lstat(self._layout.blob(digest))
        kept = read_sidecar(path, digest)  # of another size: its type and date still hold
        info = derive_info(digest, found) if kept is None else replace(kept, size=found.st_size)
        self._store.write_sidecar_file(path, info)


class Rehearsal:
    """Changes nothing at all."""

    def remove(self, path: str) -> None:
        """Not now."""

    def cure(self, digest: Digest, defect: Defect) -> None:
        """Not now."""

    def settle(self, shard: LockedShard) -> None:
        """There is nothing to settle."""

    def judge(self, blob: OpenBlob, found: str) -> None:
        if found != blob.info.digest.hex:
            raise quarantined(blob.info.digest)
