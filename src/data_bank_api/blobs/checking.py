"""Is what was read of a blob what was stored? What is not goes into quarantine.

A read is checked by the XXH3-128 that the store took when the blob came in: it finds what a
disk does, at the speed of memory. Only where that does not match, or was not kept, the
SHA-256 is asked: it alone condemns.
"""

import hashlib
from collections.abc import Callable, Iterator
from errno import EIO

import structlog
import xxhash

from data_bank_api.blobs.store import OpenBlob, quarantined
from data_bank_client.wire.files import FileInfo

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

# Takes the chunks of a whole blob, one after the other. With the last one it raises
# FileQuarantinedError where they are not the blob's: so that one is not given out before.
Check = Callable[[bytes], None]

_CHUNK = 1024 * 1024


def judge(blob: OpenBlob, found: str) -> None:
    """Raises FileQuarantinedError, after the quarantine, unless `found` is the blob's digest."""
    digest = blob.info.digest
    if found != digest.hex:
        is_condemned = blob.condemn()  # not where it has been replaced meanwhile
        log.error("damaged", file_id=digest.hex, found=found, is_quarantined=is_condemned)
        raise quarantined(digest)


def is_sound(info: FileInfo, content: bytes) -> bool:
    """Whether these are the bytes of the blob that `info` tells of."""
    if xxhash.xxh3_128_hexdigest(content) == info.checksum:
        return True
    return hashlib.sha256(content).hexdigest() == info.digest.hex


def check_content(blob: OpenBlob, content: bytes) -> None:
    """Raises FileQuarantinedError where this is not all of the blob."""
    if not is_sound(blob.info, content):
        judge(blob, hashlib.sha256(content).hexdigest())


def running_check(blob: OpenBlob) -> Check:
    kept = blob.info.checksum
    return _ByDigest(blob) if kept is None else _ByChecksum(blob, kept)


class _ByDigest:
    def __init__(self, blob: OpenBlob) -> None:
        self._blob = blob
        self._sha256 = hashlib.sha256()
        self._left = blob.info.size

    def __call__(self, chunk: bytes) -> None:
        self._sha256.update(chunk)
        self._left -= len(chunk)
        if not self._left:
            judge(self._blob, self._sha256.hexdigest())


class _ByChecksum:
    def __init__(self, blob: OpenBlob, kept: str) -> None:
        self._blob = blob
        self._kept = kept
        self._checksum = xxhash.xxh3_128()
        self._left = blob.info.size

    def __call__(self, chunk: bytes) -> None:
        self._checksum.update(chunk)
        self._left -= len(chunk)
        if not self._left and self._checksum.hexdigest() != self._kept:
            self._look_again()

    def _look_again(self) -> None:
        """The blob is damaged, or the sidecar is, or the bytes were on their way."""
        sha256, checksum = hashlib.sha256(), xxhash.xxh3_128()
        for chunk in _chunks(self._blob):
            sha256.update(chunk)
            checksum.update(chunk)
        judge(self._blob, sha256.hexdigest())
        if checksum.hexdigest() != self._checksum.hexdigest():
            raise OSError(EIO, "two reads of a blob gave different bytes")
        log.warning("wrong checksum in the sidecar", file_id=self._blob.info.digest.hex)


def _chunks(blob: OpenBlob) -> Iterator[bytes]:
    size = blob.info.size
    for start in range(0, size, _CHUNK):
        yield blob.read(start, min(start + _CHUNK, size))
