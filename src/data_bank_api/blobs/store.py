"""What a store of blobs must do. Disk and memory stores pass one contract suite.

A store trusts what it is given: `receive` has bounded, hashed and checked it. Everything
here blocks and may be called from several threads at once; one draft or open blob is used by
one thread at a time. Errors are those of `data_bank_client.errors`, and OSError for what
nobody expected.
"""

from dataclasses import dataclass
from typing import Protocol

from data_bank_client.errors import FileQuarantinedError
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import FileInfo


class Blob(Protocol):
    """Bytes to read, and what is known of them."""

    @property
    def info(self) -> FileInfo: ...

    def read(self, start: int, stop: int) -> bytes:
        """The bytes from `start` up to, not including, `stop`; both within the blob.

        Raises FileQuarantinedError where the stored copy ends early.
        """
        ...

    def close(self) -> None: ...


class OpenBlob(Blob, Protocol):
    """A blob held open: its bytes stay readable while it is, whatever becomes of its name."""

    def condemn(self) -> bool:
        """Put this copy into quarantine: kept, and not served any more, until it is replaced.

        False, and nothing is done, where another copy has taken its place, or none is there.
        """
        ...

    def descriptor(self) -> int | None:
        """A file of the system that has these bytes, open for reading as long as the blob is.

        None where there is none. It is not the caller's to close, and its offset is nobody's.
        """
        ...


class BlobReader(Protocol):
    def stat(self, digest: Digest) -> FileInfo:
        """Raises NotFoundError; FileQuarantinedError where the copy is in quarantine or cut."""
        ...

    def open(self, digest: Digest) -> OpenBlob:
        """Raises as `stat`. The caller closes it."""
        ...

    def read_now(self, digest: Digest, most: int) -> tuple[FileInfo, bytes] | None:
        """All of a blob of at most `most` bytes, where that takes no waiting: it may be called
        where nothing may block. None for any other, and for whatever is not as it should be:
        `open` says why.
        """
        ...


@dataclass(frozen=True, slots=True)
class Stored:
    """What a commit left: the file as it is known now, and whether it was not there before."""

    info: FileInfo
    is_new: bool


class Draft(Protocol):
    """Bytes on their way in, seen by nobody until committed.

    It ends with `commit` or `discard`, whichever comes first: only `discard` may follow.
    """

    def write(self, chunk: bytes | memoryview) -> None:
        """Append all of `chunk`. Raises InsufficientStorageClientError."""
        ...

    def commit(self, info: FileInfo) -> Stored:
        """Make the blob durable under `info.digest`, replacing a copy that was there.

        On return the bytes and what is known of them survive a power cut. The first content type
        and date of a digest win. After an error the old state holds, or the new one, and the
        draft is gone.
        """
        ...

    def discard(self) -> None:
        """Leave nothing behind. Harmless after `commit` and when called twice."""
        ...


class BlobWriter(Protocol):
    def draft(self, room: int | None) -> Draft:
        """Begin a blob and take the room for `room` bytes, where their number is known.

        Raises InsufficientStorageClientError where they do not fit.
        """
        ...

    def adopt(self, path: str) -> Draft:
        """Begin a blob of a file that lies on the store's disk whole, and is held by the caller.

        `write` takes the bytes as they were read back from it, in their order, and writes
        nothing; `commit` makes the file itself the blob, and nothing is at `path` then. Until it
        is called the file is left as it is, also by `discard`. After an error of `commit` it may
        be gone: where its bytes may not be on the disk, it is. Nobody may write to it meanwhile.
        """
        ...


class BlobLister(Protocol):
    def list(self, prefix: str, after: Digest | None, limit: int) -> list[FileInfo]:
        """Up to `limit` files in digest order, beginning with `prefix` and past `after`."""
        ...


class BlobRemover(Protocol):
    def remove(self, digest: Digest) -> bool:
        """Whether there was one to remove; on return its absence survives a power cut."""
        ...


class BlobStore(BlobReader, BlobWriter, BlobLister, BlobRemover, Protocol):
    """All of it, and whether it works."""

    def check(self) -> None:
        """Raises ServiceUnavailableError, with the reason, where files cannot be stored."""
        ...


def quarantined(digest: Digest) -> FileQuarantinedError:
    """What every store says of a copy that it will not serve."""
    return FileQuarantinedError(
        f"the stored copy of {digest} is damaged: upload the file again to heal it"
    )
