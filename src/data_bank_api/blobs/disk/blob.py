"""A blob held open: one descriptor, so a delete or a replacement in the middle is harmless."""

import os
import stat
import threading
from errno import ELOOP
from os.path import samestat

from data_bank_api.blobs.disk.known import Known, KnownInfos, Mark, mark_of
from data_bank_api.blobs.disk.layout import Layout
from data_bank_api.blobs.disk.shard import LockedShard
from data_bank_api.blobs.disk.sidecar import derive_info, read_sidecar
from data_bank_api.blobs.disk.system import READ_FLAGS, System
from data_bank_api.blobs.store import quarantined
from data_bank_client.errors import NotFoundError
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import FileInfo


class DiskBlob:
    def __init__(self, system: System, layout: Layout, fd: int, info: FileInfo) -> None:
        self._system = system
        self._layout = layout
        self._fd = fd
        self._turn = threading.Lock()
        self.info = info

    def read(self, start: int, stop: int) -> bytes:
        with self._turn:
            return self._read(start, stop)

    def _read(self, start: int, stop: int) -> bytes:
        chunk = os.pread(self._fd, stop - start, start)
        while len(chunk) < stop - start:  # a read over 2 GiB, or a signal, ends early
            more = os.pread(self._fd, stop - start - len(chunk), start + len(chunk))
            if not more:
                raise quarantined(self.info.digest)
            chunk += more
        return chunk

    def condemn(self) -> bool:
        digest = self.info.digest
        with LockedShard(self._system, self._layout, digest) as shard, self._turn:
            path = self._layout.blob(digest)
            # The name may be a healed copy's by now, and this one may be closed.
            if self._fd < 0 or not os.path.lexists(path):
                return False
            if not samestat(os.lstat(path), os.fstat(self._fd)):
                return False
            self._system.rename(path, self._layout.condemned(digest))
            shard.sync()
            return True

    def descriptor(self) -> int:
        return self._fd

    def close(self) -> None:
        """Waits for a read under way: its descriptor must not become another file's."""
        with self._turn:
            os.close(self._fd)
            self._fd = -1


class Opener:
    """Opens blobs below one root, and remembers what their sidecars said."""

    def __init__(self, system: System, layout: Layout) -> None:
        self._system = system
        self._layout = layout
        self._known = KnownInfos()

    def open(self, digest: Digest) -> DiskBlob:
        """Raises NotFoundError; FileQuarantinedError for one in quarantine or of a wrong size."""
        while True:
            fd = _open(self._layout, digest)
            try:
                info = self._recall(digest, fd) or self._describe(digest, fd)
            except BaseException:
                os.close(fd)
                raise
            if info is not None:
                return DiskBlob(self._system, self._layout, fd, info)
            os.close(fd)

    def read_now(self, digest: Digest, most: int) -> tuple[FileInfo, bytes] | None:
        """All of a blob that was opened lately, where nothing must be fetched from the disk."""
        known = self._known.get(digest)
        if known is None or known.info.size > most:
            return None
        try:
            fd = os.open(self._layout.blob(digest), READ_FLAGS)
        except OSError:
            return None
        try:
            info = self._recall(digest, fd)
            content = None if info is None else self._system.read_now(fd, info.size)
        finally:
            os.close(fd)
        return None if info is None or content is None else (info, content)

    def _recall(self, digest: Digest, fd: int) -> FileInfo | None:
        """What is known; None where it is not of this blob and this sidecar."""
        known = self._known.get(digest)
        if known is None or known.blob != mark_of(os.fstat(fd)):
            return None
        return known.info if known.sidecar == _mark_at(self._layout.sidecar(digest)) else None

    def _describe(self, digest: Digest, fd: int) -> FileInfo | None:
        """None where the blob was removed, and its sidecar with it, since it was opened."""
        path = self._layout.sidecar(digest)
        sidecar = _mark_at(path)  # before it is read: what comes after has another mark
        kept = read_sidecar(path, digest)
        found = os.fstat(fd)
        if kept is None and not found.st_nlink:
            return None
        info = kept or derive_info(digest, found)
        if info.size != found.st_size or not stat.S_ISREG(found.st_mode):
            raise quarantined(digest)
        if kept is not None and sidecar is not None:
            self._known.keep(Known(info, mark_of(found), sidecar))
        return info


def _open(layout: Layout, digest: Digest) -> int:
    try:
        return os.open(layout.blob(digest), READ_FLAGS)
    except (FileNotFoundError, NotADirectoryError):
        if os.path.lexists(layout.condemned(digest)):
            raise quarantined(digest) from None
        raise NotFoundError(f"there is no file {digest}") from None
    except OSError as error:
        if error.errno == ELOOP:  # a link where the file should be: an upload replaces it
            raise quarantined(digest) from error
        raise


def _mark_at(path: str) -> Mark | None:
    try:
        return mark_of(os.lstat(path))
    except OSError:  # whatever it is: a blob is told without its sidecar
        return None
