"""Reading for those who fetch, by wrapping a store: small blobs at once, and verified.

    Verified(store)    hashes what it reads: up to CHECKED_FIRST before the first byte is given,
                       above while the whole is read in order, before its last byte is given
    Unverified(store)  the same without the hashing

What does not match its digest goes into quarantine, and FileQuarantinedError is raised. A
part of a large blob cannot be verified and is given as it is.
"""

import hashlib
from typing import Protocol

import structlog

from data_bank_api.blobs.store import Blob, BlobReader, OpenBlob, quarantined
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import FileInfo

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

CHECKED_FIRST = 1024 * 1024
READ_AT_ONCE = 64 * 1024


class FetchedBlob(Blob, Protocol):
    """A blob on its way to who asked for it."""

    @property
    def content(self) -> bytes | None:
        """All of it, where it is in memory; None where it must be read."""
        ...


class HeldBlob:
    """A blob in memory."""

    def __init__(self, info: FileInfo, content: bytes) -> None:
        self.info = info
        self.content = content

    def read(self, start: int, stop: int) -> bytes:
        return self.content[start:stop]

    def close(self) -> None:
        """Nothing is held open."""


class BlobFetcher(Protocol):
    def fetch(self, digest: Digest) -> FetchedBlob:
        """Raises NotFoundError, FileQuarantinedError. The caller closes it."""
        ...

    def fetch_now(self, digest: Digest) -> HeldBlob | None:
        """A small blob, where that takes no waiting; None where it must be fetched."""
        ...


class StreamedBlob:
    """A blob that is read as it is sent."""

    content = None

    def __init__(self, blob: OpenBlob) -> None:
        self._blob = blob
        self.info = blob.info
        self.close = blob.close

    def read(self, start: int, stop: int) -> bytes:
        return self._blob.read(start, stop)


class VerifiedBlob(StreamedBlob):
    """Hashes along while it is read from its first byte on, in order."""

    def __init__(self, blob: OpenBlob) -> None:
        super().__init__(blob)
        self._sha256 = hashlib.sha256()
        self._hashed = 0

    def read(self, start: int, stop: int) -> bytes:
        chunk = super().read(start, stop)
        if start == self._hashed:
            self._sha256.update(chunk)
            self._hashed = stop
            if stop == self.info.size:
                check(self._blob, self._sha256.hexdigest())
        return chunk


def check(blob: OpenBlob, found: str) -> None:
    """Raises FileQuarantinedError, after the quarantine, unless `found` is the blob's digest."""
    digest = blob.info.digest
    if found != digest.hex:
        is_condemned = blob.condemn()  # not where it has been replaced meanwhile
        log.error("damaged", file_id=digest.hex, found=found, is_quarantined=is_condemned)
        raise quarantined(digest)


class Unverified:
    """A `BlobFetcher` that trusts the disk."""

    def __init__(self, store: BlobReader) -> None:
        self._store = store

    def fetch(self, digest: Digest) -> FetchedBlob:
        blob = self._store.open(digest)
        if blob.info.size > READ_AT_ONCE:
            return StreamedBlob(blob)
        try:
            return HeldBlob(blob.info, blob.read(0, blob.info.size))
        finally:
            blob.close()

    def fetch_now(self, digest: Digest) -> HeldBlob | None:
        found = self._store.read_now(digest, READ_AT_ONCE)
        return None if found is None else HeldBlob(*found)


class Verified:
    """A `BlobFetcher` that does not."""

    def __init__(self, store: BlobReader) -> None:
        self._store = store

    def fetch(self, digest: Digest) -> FetchedBlob:
        blob = self._store.open(digest)
        if blob.info.size > CHECKED_FIRST:
            return VerifiedBlob(blob)
        try:
            content = blob.read(0, blob.info.size)
            check(blob, hashlib.sha256(content).hexdigest())
            return HeldBlob(blob.info, content)
        finally:
            blob.close()

    def fetch_now(self, digest: Digest) -> HeldBlob | None:
        found = self._store.read_now(digest, READ_AT_ONCE)
        # What does not match is left to `fetch`, which may wait for the quarantine.
        if found is None or hashlib.sha256(found[1]).hexdigest() != digest.hex:
            return None
        return HeldBlob(*found)
