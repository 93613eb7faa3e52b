"""A store in memory, for tests and for trying things out: it forgets all when it ends."""

import threading
from bisect import bisect_right
from errno import EIO
from pathlib import Path

from data_bank_api.blobs.store import Stored, quarantined
from data_bank_client.errors import NotFoundError
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import FileInfo


class MemoryBlob:
    def __init__(self, store: "MemoryStore", info: FileInfo, content: bytes) -> None:
        self.info = info
        self.is_condemned = False
        self._store = store
        self._content = content

    def read(self, start: int, stop: int) -> bytes:
        return self._content[start:stop]

    def condemn(self) -> bool:
        return self._store.condemn(self)

    def descriptor(self) -> None:
        return None

    def close(self) -> None:
        """Nothing is held."""


class MemoryDraft:
    def __init__(self, store: "MemoryStore") -> None:
        self._store = store
        self._content = bytearray()

    def write(self, chunk: bytes | memoryview) -> None:
        self._content += chunk

    def commit(self, info: FileInfo) -> Stored:
        return self._store.keep(info, bytes(self._content))

    def discard(self) -> None:
        self._content.clear()


class AdoptedDraft:
    """Of a file on the disk, which is read when it is committed."""

    def __init__(self, store: "MemoryStore", path: str) -> None:
        self._store = store
        self._path = Path(path)
        self._count = 0
        self._path.stat()

    def write(self, chunk: bytes | memoryview) -> None:
        self._count += len(chunk)

    def commit(self, info: FileInfo) -> Stored:
        content = self._path.read_bytes()
        if not len(content) == self._count == info.size:
            raise OSError(EIO, f"of {info.size} bytes {self._count} were read back")
        stored = self._store.keep(info, content)
        self._path.unlink()
        return stored

    def discard(self) -> None:
        """The file is the caller's."""


class MemoryStore:
    """A `BlobStore` in a dictionary."""

    def __init__(self) -> None:
        self._blobs: dict[Digest, MemoryBlob] = {}
        self._turn = threading.Lock()

    def stat(self, digest: Digest) -> FileInfo:
        return self.open(digest).info

    def open(self, digest: Digest) -> MemoryBlob:
        blob = self._blobs.get(digest)
        if blob is None:
            raise NotFoundError(f"there is no file {digest}")
        if blob.is_condemned:
            raise quarantined(digest)
        return blob

    def read_now(self, digest: Digest, most: int) -> tuple[FileInfo, bytes] | None:
        blob = self._blobs.get(digest)
        if blob is None or blob.is_condemned or blob.info.size > most:
            return None
        return blob.info, blob.read(0, blob.info.size)

    def condemn(self, blob: MemoryBlob) -> bool:
        with self._turn:
            is_there = self._blobs.get(blob.info.digest) is blob and not blob.is_condemned
            blob.is_condemned = blob.is_condemned or is_there
            return is_there

    def draft(self, room: int | None) -> MemoryDraft:
        del room  # there is always room
        return MemoryDraft(self)

    def adopt(self, path: str) -> AdoptedDraft:
        return AdoptedDraft(self, path)

    def keep(self, info: FileInfo, content: bytes) -> Stored:
        with self._turn:
            before = self._blobs.get(info.digest)
            kept = info if before is None else before.info
            self._blobs[info.digest] = MemoryBlob(self, kept, content)
            return Stored(kept, is_new=before is None)

    def list(self, prefix: str, after: Digest | None, limit: int) -> list[FileInfo]:
        with self._turn:
            blobs = {each: blob for each, blob in self._blobs.items() if not blob.is_condemned}
        digests = sorted(digest for digest in blobs if digest.hex.startswith(prefix))
        start = 0 if after is None else bisect_right(digests, after)
        return [blobs[digest].info for digest in digests[start : start + limit]]

    def remove(self, digest: Digest) -> bool:
        with self._turn:
            return self._blobs.pop(digest, None) is not None

    def check(self) -> None:
        """Memory is always ready."""
