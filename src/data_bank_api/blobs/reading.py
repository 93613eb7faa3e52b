"""Reading for those who fetch, by wrapping a store: small blobs at once, and verified.

    Verified(store)    checks what it reads: up to CHECKED_FIRST before the first byte is given,
                       above beside the sending, before the last chunk is given
    Unverified(store)  the same without the checking

What does not match its digest goes into quarantine, and FileQuarantinedError is raised. A
part of a large blob cannot be verified and is given as it is.
"""

from typing import Protocol

from data_bank_api.blobs.checking import Check, check_content, is_sound, running_check
from data_bank_api.blobs.store import Blob, BlobReader, OpenBlob
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import FileInfo

CHECKED_FIRST = 1024 * 1024
READ_AT_ONCE = 64 * 1024


class FetchedBlob(Blob, Protocol):
    """A blob on its way to who asked for it."""

    @property
    def content(self) -> bytes | None:
        """All of it, where it is in memory; None where it must be read."""
        ...

    @property
    def check(self) -> Check | None:
        """What each chunk of the whole is to be given to, beside its sending; None: nothing."""
        ...


class HeldBlob:
    """A blob in memory, checked where that is wanted."""

    check = None

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

    def __init__(self, blob: OpenBlob, check: Check | None) -> None:
        self.info = blob.info
        self.check = check
        self.read = blob.read
        self.close = blob.close


class Unverified:
    """A `BlobFetcher` that trusts the disk."""

    def __init__(self, store: BlobReader) -> None:
        self._store = store

    def fetch(self, digest: Digest) -> FetchedBlob:
        blob = self._store.open(digest)
        if blob.info.size > READ_AT_ONCE:
            return StreamedBlob(blob, None)
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
            return StreamedBlob(blob, running_check(blob))
        try:
            content = blob.read(0, blob.info.size)
            check_content(blob, content)
            return HeldBlob(blob.info, content)
        finally:
            blob.close()

    def fetch_now(self, digest: Digest) -> HeldBlob | None:
        found = self._store.read_now(digest, READ_AT_ONCE)
        # What does not match is left to `fetch`, which may wait for the quarantine.
        if found is None or not is_sound(*found):
            return None
        return HeldBlob(*found)
