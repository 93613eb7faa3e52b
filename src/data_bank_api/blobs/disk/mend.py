"""What a crash can leave, put right: drafts that nobody writes, sidecars that do not match.

    tmp/<uuid>             removed if its lock can be taken: its process is gone
    .meta without .bin     removed, unless its blob is in quarantine
    .bin without .meta     gets one rebuilt: size and date from the blob, type unknown
    .bad beside .bin       removed: an upload has replaced it

Safe beside any number of processes at work. A `.bin` and a shard are never removed.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from data_bank_api.blobs.disk.layout import Layout
from data_bank_api.blobs.disk.shard import LockedShard
from data_bank_api.blobs.disk.sidecar import derive_info
from data_bank_api.blobs.disk.store import DiskStore
from data_bank_api.blobs.disk.system import System
from data_bank_api.blobs.disk.walk import names_in, walk_shards
from data_bank_client.wire.digest import Digest


@dataclass(frozen=True, slots=True)
class Mended:
    """How many files were removed, sidecars rebuilt, and blobs that could not be mended."""

    removed: int = 0
    rebuilt: int = 0
    failed: int = 0

    def __add__(self, other: "Mended") -> "Mended":
        return Mended(
            self.removed + other.removed, self.rebuilt + other.rebuilt, self.failed + other.failed
        )


def sweep_drafts(root: str, system: System) -> int:
    """Remove the unfinished uploads that no process holds; how many there were."""
    layout = Layout(root)
    return sum(_sweep(f"{layout.tmp}/{name}", system) for name in os.listdir(layout.tmp))


def _sweep(path: str, system: System) -> bool:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:  # gone by now, or no draft of ours
        return False
    try:
        if not system.try_lock(fd):
            return False
        with suppress(OSError):  # published or removed meanwhile, or a folder
            system.unlink(path)
            return True
        return False
    finally:
        os.close(fd)


def mend_shards(root: str, store: DiskStore, system: System, pause: Callable[[], bool]) -> Mended:
    """Walk the store and match sidecars to blobs. `pause` is called at each shard: True ends it."""
    layout = Layout(root)
    mended = Mended()
    for shard in walk_shards(layout):
        if pause():
            break
        for digest, kinds in names_in(layout, shard).items():
            if not _is_in_order(kinds):
                mended += _try_mend(layout, digest, store, system)
    return mended


def _is_in_order(kinds: set[str]) -> bool:
    return kinds in ({"bin", "meta"}, {"bad", "meta"}, {"bad"})


def _try_mend(layout: Layout, digest: Digest, store: DiskStore, system: System) -> Mended:
    try:
        return _mend(layout, digest, store, system)
    except OSError:  # one bad place must not keep the rest from being mended
        return Mended(failed=1)


def _mend(layout: Layout, digest: Digest, store: DiskStore, system: System) -> Mended:
    paths = {
        "bin": layout.blob(digest),
        "bad": layout.condemned(digest),
        "meta": layout.sidecar(digest),
    }
    with LockedShard(system, layout, digest) as shard:
        kinds = {kind for kind, path in paths.items() if os.path.lexists(path)}
        if not kinds or _is_in_order(kinds):  # an upload or a delete has ended since it was seen
            return Mended()
        stray = "bad" if "bad" in kinds else "meta"
        is_stray = "bin" not in kinds or "bad" in kinds
        if is_stray:
            system.unlink(paths[stray])
        is_lost = "bin" in kinds and "meta" not in kinds
        if is_lost:
            store.write_sidecar_file(paths["meta"], derive_info(digest, os.lstat(paths["bin"])))
        shard.sync()
    return Mended(removed=int(is_stray), rebuilt=int(is_lost))
