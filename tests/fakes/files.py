"""Files to store: bytes and what is known of them."""

from datetime import UTC, datetime
from functools import cache

from data_bank_api.blobs.store import BlobStore, BlobWriter, Stored
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import FileInfo

FIRST = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
LATER = datetime(2026, 12, 24, 18, 30, 0, 250_000, tzinfo=UTC)


def describe(
    content: bytes, content_type: str = "text/plain", created_at: datetime = FIRST
) -> FileInfo:
    return FileInfo(Digest.of(content), len(content), content_type, created_at)


def put(store: BlobWriter, content: bytes, info: FileInfo | None = None) -> Stored:
    """Store `content`; what is known of it is `describe(content)` unless said."""
    draft = store.draft(len(content))
    draft.write(content)
    return draft.commit(info or describe(content))


def fetch(store: BlobStore, digest: Digest) -> bytes:
    blob = store.open(digest)
    try:
        return blob.read(0, blob.info.size)
    finally:
        blob.close()


@cache
def neighbours() -> tuple[bytes, bytes]:
    """Two contents whose digests begin with the same four digits."""
    seen: dict[str, bytes] = {}
    number = 0
    while True:
        content = b"neighbour %d" % number
        other = seen.setdefault(Digest.of(content).hex[:4], content)
        if other != content:
            return other, content
        number += 1


@cache
def cousins() -> list[bytes]:
    """Contents whose digests begin with the same two digits, all with other ones after them."""
    found: dict[str, bytes] = {}
    number = 0
    while len(found) < 5:
        content = b"cousin %d" % number
        digits = Digest.of(content).hex[:4]
        if digits.startswith("5e"):
            found[digits] = content
        number += 1
    return list(found.values())
