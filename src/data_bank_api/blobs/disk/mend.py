"""What a crash or a hand can leave, put right: the table of `defects.py`, and unfinished uploads.

    tmp/<uuid>             removed if its lock can be taken: its process is gone

Safe beside any number of processes at work: what is wrong is looked at again under the lock of
its shard. A `.bin` and a shard are never removed.
"""

import os
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from data_bank_api.blobs.disk.defects import (
    OUT_OF_REACH,
    REBUILT,
    REMOVED,
    UNFINISHED,
    Defect,
    Finding,
    Seen,
    defects_in,
    look_at_names,
)
from data_bank_api.blobs.disk.layout import Layout, is_at
from data_bank_api.blobs.disk.remedies import Cures, Remedies
from data_bank_api.blobs.disk.shard import LockedShard
from data_bank_api.blobs.disk.store import DiskStore
from data_bank_api.blobs.disk.system import READ_FLAGS, System
from data_bank_api.blobs.disk.verify import reason
from data_bank_api.blobs.disk.walk import names_in, walk_shards
from data_bank_client.wire.digest import Digest


@dataclass(frozen=True, slots=True)
class Mended:
    """How many files were removed, sidecars rebuilt, and defects that could not be cured."""

    removed: int = 0
    rebuilt: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Ward:
    """Where defects are looked for, how closely, and what is done about them."""

    layout: Layout
    system: System
    remedies: Remedies
    look: Callable[[Layout, Digest], Seen] = look_at_names

    def treat(self, digest: Digest) -> list[Finding]:
        """What was wrong with the files of a digest, each cured or with the reason why not."""
        try:
            with LockedShard(self.system, self.layout, digest) as shard:
                found = defects_in(self.look(self.layout, digest))
                findings = [self._cure(digest, defect) for defect in found]
                if found:
                    self.remedies.settle(shard)
                return findings
        except OSError as error:  # one bad place must not keep the rest from being mended
            return [self.finding(digest, OUT_OF_REACH, reason(error))]

    def _cure(self, digest: Digest, defect: Defect) -> Finding:
        try:
            self.remedies.cure(digest, defect)
        except OSError as error:
            return self.finding(digest, defect, reason(error))
        return self.finding(digest, defect)

    def finding(self, digest: Digest, defect: Defect, because: str = "") -> Finding:
        shard = self.layout.shard(digest).removeprefix(f"{self.layout.root}/")
        return Finding(f"{shard}/{digest}.{defect.kind}", defect, because)

    def sweep(self) -> Iterator[Finding]:
        """The unfinished uploads that no process holds, each removed or with the reason."""
        for name in sorted(os.listdir(self.layout.tmp)):
            yield from self._sweep(name)

    def _sweep(self, name: str) -> list[Finding]:
        path = f"{self.layout.tmp}/{name}"
        try:
            fd = os.open(path, READ_FLAGS)
        except OSError:  # gone by now, or no draft of ours
            return []
        try:
            if not self.system.try_lock(fd) or not _is_draft(path, fd):
                return []
            self.remedies.remove(path)
        except OSError as error:
            return [Finding(f"tmp/{name}", UNFINISHED, reason(error))]
        finally:
            os.close(fd)
        return [Finding(f"tmp/{name}", UNFINISHED)]


def _is_draft(path: str, fd: int) -> bool:
    """Not a folder, and not published or removed since it was opened."""
    return is_at(path, fd) and not stat.S_ISDIR(os.fstat(fd).st_mode)


def sweep_drafts(root: str, system: System) -> int:
    """Remove the unfinished uploads that no process holds; how many there were."""
    return sum(not each.because for each in _ward(root, DiskStore(root, 0, system), system).sweep())


def mend_shards(root: str, store: DiskStore, system: System, pause: Callable[[], bool]) -> Mended:
    """Walk the store and match names to names. `pause` is called at each shard: True ends it."""
    return _count(_mend_shards(_ward(root, store, system), pause))


def _mend_shards(ward: Ward, pause: Callable[[], bool]) -> Iterator[Finding]:
    for shard in walk_shards(ward.layout):
        if pause():
            return
        for digest, kinds in names_in(ward.layout, shard).items():
            if defects_in(Seen(frozenset(kinds))):
                yield from ward.treat(digest)


def _ward(root: str, store: DiskStore, system: System) -> Ward:
    return Ward(Layout(root), system, Cures(root, store, system))


def _count(findings: Iterable[Finding]) -> Mended:
    counts = Counter("failed" if each.because else each.defect.cure for each in findings)
    return Mended(counts[REMOVED], counts[REBUILT], counts["failed"])
