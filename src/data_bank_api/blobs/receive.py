"""The only way in: bounds, hashes and checks what arrives, then commits it.

intake = Receiver(store, max_bytes=0).begin(Declared(...))
intake.open() or intake.adopt(path)
intake.write(chunk) ...
stored = intake.finish()        or        intake.discard()
"""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from data_bank_api.blobs.store import BlobWriter, Draft, Stored
from data_bank_client.errors import BadRequestError, DigestMismatchError, PayloadTooLargeError
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import FileInfo

# By which a form's body may be larger than its file: the heads of its parts, its other fields.
WRAPPING = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Declared:
    """What the sender said of the file before its bytes: sizes in bytes, None where unknown."""

    size: int | None = None
    room: int | None = None  # of a form, the size of its body: no more than this will come
    digest: Digest | None = None

    @property
    def least_size(self) -> int:
        """The file has at least this size."""
        return self.size if self.size is not None else (self.room or 0) - WRAPPING


def _now() -> datetime:
    return datetime.now(UTC)


class Intake:
    """One file on its way in. Its methods take turns, so `discard` may come from another thread.

    Once discarded it takes no more: what comes late, be it `open` or a write, is dropped.
    """

    def __init__(
        self, store: BlobWriter, declared: Declared, max_bytes: int, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._declared = declared
        self._max_bytes = max_bytes
        self._now = now
        self._sha256 = hashlib.sha256()
        self._size = 0
        self._turn = threading.Lock()
        self._draft: Draft | None = None
        self._is_discarded = False

    def open(self) -> None:
        """Take the room in the store. Raises InsufficientStorageClientError."""
        declared = self._declared
        room = declared.size if declared.size is not None else declared.room
        self._open(lambda: self._store.draft(room))

    def open_at_hand(self) -> None:
        """As `open`, where the bytes are here: they take their room when they are written."""
        self._open(lambda: self._store.draft(None))

    def adopt(self, path: str) -> None:
        """Take over the file at `path`, which lies on the store's disk: `write` takes what is read
        back from it, in its order. `finish` leaves nothing there, `discard` all of it."""
        self._open(lambda: self._store.adopt(path))

    def _open(self, begin: Callable[[], Draft]) -> None:
        with self._turn:
            if not self._is_discarded:
                self._draft = begin()

    def write(self, chunk: bytes | memoryview) -> None:
        """Take the next bytes. Raises PayloadTooLargeError, InsufficientStorageClientError."""
        with self._turn:
            if self._draft is None:
                return
            self._size += len(chunk)
            if self._max_bytes and self._size > self._max_bytes:
                raise _too_large(self._max_bytes)
            self._sha256.update(chunk)
            self._draft.write(chunk)

    def finish(self, content_type: str) -> Stored:
        """Check what was declared and commit: on return the file is durable.

        Raises BadRequestError for a wrong length, DigestMismatchError for wrong bytes.
        """
        with self._turn:
            if self._draft is None:
                raise BadRequestError("the upload was given up")
            info = self._checked(content_type)
            draft, self._draft = self._draft, None  # it ends here, also when it fails
            return draft.commit(info)

    def _checked(self, content_type: str) -> FileInfo:
        digest = Digest(self._sha256.hexdigest())
        if self._declared.size not in (None, self._size):
            raise BadRequestError(f"{self._declared.size} bytes were declared, {self._size} came")
        if self._declared.digest not in (None, digest):
            raise DigestMismatchError(f"the bytes received have the SHA-256 {digest}")
        return FileInfo(digest, self._size, content_type, self._now())

    def discard(self) -> None:
        """Leave nothing behind. Harmless after `finish`."""
        with self._turn:
            self._is_discarded = True
            if self._draft is not None:
                self._draft.discard()
            self._draft = None


class Receiver:
    """Takes files into `store`, each of at most `max_bytes` (0: no limit)."""

    def __init__(
        self, store: BlobWriter, max_bytes: int, now: Callable[[], datetime] = _now
    ) -> None:
        self._store = store
        self._max_bytes = max_bytes
        self._now = now

    def begin(self, declared: Declared) -> Intake:
        """Raises PayloadTooLargeError where the declared size says so. Nothing is stored yet."""
        if self._max_bytes and declared.least_size > self._max_bytes:
            raise _too_large(self._max_bytes)
        return Intake(self._store, declared, self._max_bytes, self._now)


def _too_large(max_bytes: int) -> PayloadTooLargeError:
    return PayloadTooLargeError(f"a file may have {max_bytes} bytes at most")
