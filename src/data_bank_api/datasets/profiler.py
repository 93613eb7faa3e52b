"""Makes the report of a file of the bank: checks its bytes, and hands them to a child.

The child reads the blob itself, by its descriptor, whatever becomes of its name meanwhile. Where a
store has none, or a system cannot open one anew, it reads a copy.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from data_bank_api.blobs.checking import running_check
from data_bank_api.blobs.store import BlobReader, OpenBlob
from data_bank_api.datasets.scratch import scratch_folder, sweep_scratch
from data_bank_api.reports.limits import MIB, Limits
from data_bank_api.reports.profile import profile
from data_bank_api.reports.report import Report
from data_bank_client.errors import InsufficientStorageClientError
from data_bank_client.wire.datasets import DatasetKind
from data_bank_client.wire.digest import Digest

_CHUNK = MIB
_LEAST_ROOM = 64 * MIB  # below that nothing is begun


def _can_open_descriptors() -> bool:
    """On Linux `/dev/fd/3` is the file once more, elsewhere the same one with its offset."""
    return Path("/proc/self/fd").is_dir()


@dataclass(frozen=True, slots=True)
class Profiler:
    """`root` is for scratch folders, on whose disk `min_free` bytes are left free."""

    root: Path
    limits: Limits = field(default_factory=Limits)
    min_free: int = 0
    opens_descriptors: bool = field(default_factory=_can_open_descriptors)

    def profile(
        self, store: BlobReader, digest: Digest, kind: DatasetKind, tell: Callable[[int], None]
    ) -> Report:
        """`tell` is called with 5, 25 ... 85, as the report is made.

        Raises NotFoundError, FileQuarantinedError, InsufficientStorageClientError, and what
        `reports.profile` raises.
        """
        sweep_scratch(self.root)
        with closing(store.open(digest)) as blob, scratch_folder(self.root) as scratch:
            path = self._path_of(blob, scratch)
            return profile(path, kind, scratch, self.limits_in(scratch), tell)

    def _path_of(self, blob: OpenBlob, scratch: Path) -> Path:
        """Where the child finds the bytes, which are looked at here first."""
        fd = blob.descriptor() if self.opens_descriptors else None
        if fd is None:
            return _copied(blob, scratch / "copy")
        for _ in _checked(blob):
            pass
        return Path(f"/dev/fd/{fd}")

    def limits_in(self, scratch: Path) -> Limits:
        """There may be less room than a report may take."""
        room = shutil.disk_usage(scratch).free - self.min_free
        if room < _LEAST_ROOM:
            raise InsufficientStorageClientError("the disk has no room to make a report")
        return replace(self.limits, disk=min(self.limits.disk, room))


def _checked(blob: OpenBlob) -> Iterator[bytes]:
    """Its bytes, some at a time. Raises FileQuarantinedError before the last, if damaged."""
    check, size = running_check(blob), blob.info.size
    for start in range(0, size, _CHUNK):
        chunk = blob.read(start, min(start + _CHUNK, size))
        check(chunk)
        yield chunk


def _copied(blob: OpenBlob, path: Path) -> Path:
    with path.open("wb") as copy:
        copy.writelines(_checked(blob))
    return path
