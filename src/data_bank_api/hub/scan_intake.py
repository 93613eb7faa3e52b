"""One file of a scanned folder on its way into the bank: hashed, and copied if the bank lacks it.

small    read once, into memory
large    read to be hashed, and once more to be copied: what differs then has changed
"""

import hashlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from io import FileIO

from data_bank_api.blobs.receive import Declared, Intake, Receiver
from data_bank_api.hub.git_blobs import GitBlob
from data_bank_api.hub.holdings import Holdings
from data_bank_api.hub.safetensors_header import count_parameters
from data_bank_api.hub.scan_skips import Reason, SkippedError, skipping
from data_bank_client.errors import BadRequestError, DigestMismatchError, PayloadTooLargeError
from data_bank_client.wire.content_type import guess_content_type
from data_bank_client.wire.digest import Digest

CHUNK = SMALL = 1024 * 1024
_SAFETENSORS = ".safetensors"

_Chunks = Callable[[], Iterable[bytes]]


class ScanStoppedError(Exception):
    """It was asked to stop."""


@dataclass(frozen=True, slots=True)
class Content:
    """What is in a file, now in the bank; `tensors` as `classify` (file_kind.py) takes them."""

    blob: GitBlob
    tensors: Mapping[str, int]
    is_new: bool


@dataclass(frozen=True, slots=True)
class ScanIntake:
    """Several threads may use it. `on_read` and `on_stored` are told of bytes, in these threads."""

    holdings: Holdings
    receiver: Receiver
    halt: threading.Event
    on_read: Callable[[int], object]
    on_stored: Callable[[int], object]

    def take(self, file: FileIO, name: str) -> Content:
        """What is in it, when that is durable in the bank. The file is closed.

        Raises SkippedError, ScanStoppedError once `halt` is set, and the errors of the bank.
        """
        with file:
            before = os.fstat(file.fileno())
            self._check_size(before.st_size)
            chunks = self._chunks(file, before.st_size)
            blob, head = self._hash(chunks, before.st_size)
            if _state(os.fstat(file.fileno())) != _state(before):
                raise SkippedError(Reason.CHANGED)
            is_held = self.holdings.has(blob.digest, blob.size)
            is_new = not is_held and self._store(chunks, blob, guess_content_type(name))
            tensors = count_parameters(head) if name.endswith(_SAFETENSORS) else {}
            return Content(blob, tensors, is_new)

    def _check_size(self, size: int) -> None:
        try:
            self.receiver.begin(Declared(size))
        except PayloadTooLargeError as error:
            raise SkippedError(Reason.TOO_LARGE) from error

    def _chunks(self, file: FileIO, size: int) -> _Chunks:
        if size > SMALL:
            return partial(self._read, file, size)
        content = list(self._read(file, size))
        return lambda: content

    def _read(self, file: FileIO, size: int) -> Iterator[bytes]:
        """From the beginning. Raises SkippedError where there is more or less of it."""
        file.seek(0)
        left = size
        while True:
            if self.halt.is_set():
                raise ScanStoppedError
            with skipping():
                chunk = file.read(CHUNK) or b""
            left -= len(chunk)
            if left < 0 or (left and not chunk):
                raise SkippedError(Reason.CHANGED)
            if not chunk:
                return
            yield chunk

    def _hash(self, chunks: _Chunks, size: int) -> tuple[GitBlob, bytes]:
        """Its names, and what it begins with."""
        sha256 = hashlib.sha256()
        sha1 = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
        head = b""
        for chunk in chunks():
            head = head or chunk
            sha256.update(chunk)
            sha1.update(chunk)
            self.on_read(len(chunk))
        return GitBlob(sha1.hexdigest(), size, Digest(sha256.hexdigest())), head

    def _store(self, chunks: _Chunks, blob: GitBlob, content_type: str) -> bool:
        """Whether the bank had it not."""
        intake = self.receiver.begin(Declared(blob.size, digest=blob.digest))
        try:
            self._copy(chunks, intake, blob.size)
            return intake.finish(content_type).is_new
        except (DigestMismatchError, BadRequestError) as error:
            raise SkippedError(Reason.CHANGED) from error
        finally:
            intake.discard()

    def _copy(self, chunks: _Chunks, intake: Intake, size: int) -> None:
        (intake.open if size > SMALL else intake.open_at_hand)()
        for chunk in chunks():
            intake.write(chunk)
            self.on_stored(len(chunk))


def _state(found: os.stat_result) -> tuple[int, int, int]:
    """Another one after each change."""
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns
