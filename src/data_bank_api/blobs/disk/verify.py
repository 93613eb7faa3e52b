"""Hashing a stored blob again: is it still what its digest says?

    sound        it is
    damaged      it is not; its copy was put into quarantine, as when the service finds it
    quarantined  a copy in quarantine, and none that replaces it
    failed       its bytes cannot be read: nothing is known, and nothing was done
    missing      it is not there, or not any more

What is told is what holds at the end: a copy that was healed meanwhile is hashed in its turn.
"""

import hashlib
import os
import stat
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from enum import Enum

from data_bank_api.blobs.checking import judge
from data_bank_api.blobs.disk.blob import DiskBlob
from data_bank_api.blobs.disk.layout import Layout, is_at
from data_bank_api.blobs.disk.pace import Pace
from data_bank_api.blobs.disk.sidecar import derive_info
from data_bank_api.blobs.disk.system import READ_FLAGS, System
from data_bank_api.blobs.store import OpenBlob
from data_bank_client.errors import FileQuarantinedError
from data_bank_client.wire.digest import Digest

_CHUNK = 1024 * 1024

# What is done about a blob whose SHA-256 is found to be another: raises FileQuarantinedError.
Judge = Callable[[OpenBlob, str], None]


class State(Enum):
    SOUND = "sound"
    DAMAGED = "damaged"
    QUARANTINED = "quarantined"
    FAILED = "failed"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found of one blob, of which `size` bytes were hashed.

    `because`: why a damaged copy could not be put into quarantine. `folder`: where it is about a
    whole shard that cannot be listed, `ab/cd`; the digest is the last that this could hold.
    """

    digest: Digest
    state: State
    size: int = 0
    says: str = ""
    because: str = ""
    folder: str = ""

    @property
    def name(self) -> str:
        """The id of the file, or the folder."""
        return self.folder or self.digest.hex


class Verifier:
    """Verifies blobs below `root`. Memory is that of one chunk."""

    def __init__(self, root: str, system: System, pace: Pace, judge: Judge = judge) -> None:
        self._layout = Layout(root)
        self._system = system
        self._pace = pace
        self._judge = judge

    def verify(self, digest: Digest) -> Verdict:
        """Raises StoppedError, as the pace does."""
        while True:
            verdict = self._verify_copy(digest)
            if verdict is not None:
                return verdict

    def _verify_copy(self, digest: Digest) -> Verdict | None:
        """None where another copy has taken the place of the one that was hashed."""
        try:
            fd = os.open(self._layout.blob(digest), READ_FLAGS)
        except (FileNotFoundError, NotADirectoryError):
            return self._absent(digest)
        except OSError as error:
            return Verdict(digest, State.FAILED, 0, reason(error))
        info = derive_info(digest, os.fstat(fd))
        with closing(DiskBlob(self._system, self._layout, fd, info)) as blob:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                return Verdict(digest, State.FAILED, 0, "it is not a file")
            try:
                found = self._hash(blob, fd)
            except OSError as error:
                return Verdict(digest, State.FAILED, 0, reason(error))
            return self._decide(blob, fd, found)

    def _hash(self, blob: DiskBlob, fd: int) -> str:
        sha256 = hashlib.sha256()
        size = blob.info.size
        _forget(fd, 0, 0)  # so that the disk is read, not what is remembered of it
        for start in range(0, size, _CHUNK):
            try:
                chunk = blob.read(start, min(start + _CHUNK, size))
            except FileQuarantinedError:  # it is cut while it is read
                break
            sha256.update(chunk)
            self._pace.take(len(chunk))
            _forget(fd, start, len(chunk))
        return sha256.hexdigest()

    def _decide(self, blob: DiskBlob, fd: int, found: str) -> Verdict | None:
        digest, size = blob.info.digest, blob.info.size
        because = ""
        try:
            self._judge(blob, found)
        except FileQuarantinedError:
            pass
        except OSError as error:
            because = reason(error)
        else:
            return Verdict(digest, State.SOUND, size)
        places = self._layout.blob(digest), self._layout.condemned(digest)
        if not any(is_at(path, fd) for path in places):
            return None
        says = f"its {size} bytes are those of {found}"
        return Verdict(digest, State.DAMAGED, size, says, because)

    def _absent(self, digest: Digest) -> Verdict:
        if os.path.lexists(self._layout.condemned(digest)):
            return Verdict(digest, State.QUARANTINED, 0, "upload the file again to heal it")
        return Verdict(digest, State.MISSING, 0, "there is no such file")


def _forget(fd: int, start: int, size: int) -> None:
    """Keep nothing of this part in memory, 0 for all of it, where the system takes such advice.

    A walk over the whole store would leave no room there for what is fetched.
    """
    if hasattr(os, "posix_fadvise"):  # not on macOS
        os.posix_fadvise(fd, start, size, os.POSIX_FADV_DONTNEED)


def reason(error: OSError) -> str:
    """Without the path: it is said elsewhere, below the root."""
    return error.strerror or str(error)
