"""A blob held open: one descriptor, so a delete or a replacement in the middle is harmless."""

import os
import stat
import threading
from errno import ELOOP
from os.path import samestat

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
            # The name may be a healed copy's by now.
            if not os.path.lexists(path) or not samestat(os.lstat(path), os.fstat(self._fd)):
                return False
            self._system.rename(path, self._layout.condemned(digest))
            shard.sync()
            return True

    def close(self) -> None:
        """Waits for a read under way: its descriptor must not become another file's."""
        with self._turn:
            os.close(self._fd)
            self._fd = -1


def open_blob(system: System, layout: Layout, digest: Digest) -> DiskBlob:
    """Raises NotFoundError; FileQuarantinedError for a copy in quarantine or of a wrong size."""
    while True:
        fd = _open(layout, digest)
        try:
            info = _describe(layout, digest, fd)
        except BaseException:
            os.close(fd)
            raise
        if info is not None:
            return DiskBlob(system, layout, fd, info)
        os.close(fd)


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


def _describe(layout: Layout, digest: Digest, fd: int) -> FileInfo | None:
    """None where the blob was removed, and its sidecar with it, since it was opened."""
    kept = read_sidecar(layout.sidecar(digest), digest)
    found = os.fstat(fd)
    if kept is None and not found.st_nlink:
        return None
    info = kept or derive_info(digest, found)
    if info.size != found.st_size or not stat.S_ISREG(found.st_mode):
        raise quarantined(digest)
    return info
