"""A blob held open: one descriptor, so a delete or a replacement in the middle is harmless."""

import os
import stat
import threading
from errno import ELOOP

from data_bank_api.blobs.disk.layout import Layout
from data_bank_api.blobs.disk.sidecar import derive_info, read_sidecar
from data_bank_api.blobs.disk.system import READ_FLAGS
from data_bank_client.errors import FileQuarantinedError, NotFoundError
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import FileInfo


class DiskBlob:
    def __init__(self, fd: int, info: FileInfo) -> None:
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
                raise _damaged(self.info.digest)
            chunk += more
        return chunk

    def close(self) -> None:
        """Waits for a read under way: its descriptor must not become another file's."""
        with self._turn:
            os.close(self._fd)
            self._fd = -1


def open_blob(layout: Layout, digest: Digest) -> DiskBlob:
    """Raises NotFoundError; FileQuarantinedError where the sizes do not agree."""
    while True:
        fd = _open(layout, digest)
        try:
            info = _describe(layout, digest, fd)
        except BaseException:
            os.close(fd)
            raise
        if info is not None:
            return DiskBlob(fd, info)
        os.close(fd)


def _open(layout: Layout, digest: Digest) -> int:
    try:
        return os.open(layout.blob(digest), READ_FLAGS)
    except (FileNotFoundError, NotADirectoryError):
        raise NotFoundError(f"there is no file {digest}") from None
    except OSError as error:
        if error.errno == ELOOP:  # a link where the file should be: an upload replaces it
            raise _damaged(digest) from error
        raise


def _describe(layout: Layout, digest: Digest, fd: int) -> FileInfo | None:
    """None where the blob was removed, and its sidecar with it, since it was opened."""
    kept = read_sidecar(layout.sidecar(digest), digest)
    found = os.fstat(fd)
    if kept is None and not found.st_nlink:
        return None
    info = kept or derive_info(digest, found)
    if info.size != found.st_size or not stat.S_ISREG(found.st_mode):
        raise _damaged(digest)
    return info


def _damaged(digest: Digest) -> FileQuarantinedError:
    return FileQuarantinedError(
        f"the stored copy of {digest} is damaged: upload the file again to heal it"
    )
