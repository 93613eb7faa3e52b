"""A blob held open: one descriptor, so a delete or a replacement in the middle is harmless."""

import os
import threading

from data_bank_api.blobs.disk.layout import Layout
from data_bank_api.blobs.disk.sidecar import derive_info, read_sidecar
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
    try:
        fd = os.open(layout.blob(digest), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        raise NotFoundError(f"there is no file {digest}") from None
    try:
        return DiskBlob(fd, _describe(layout, digest, fd))
    except BaseException:
        os.close(fd)
        raise


def _describe(layout: Layout, digest: Digest, fd: int) -> FileInfo:
    found = os.fstat(fd)
    info = read_sidecar(layout.sidecar(digest), digest) or derive_info(digest, found)
    if info.size != found.st_size:
        raise _damaged(digest)
    return info


def _damaged(digest: Digest) -> FileQuarantinedError:
    return FileQuarantinedError(
        f"the stored copy of {digest} is damaged: upload the file again to heal it"
    )
