"""The sidecar of a blob, `<sha256>.meta`: five lines, of which the last may be missing.

sha256=9f86d081...
size=4
content_type=text/plain
created_at=2026-11-21T10:00:00.000000Z
xxh3=...                                  XXH3-128 of the bytes: reads are checked by it
"""

import os
from datetime import UTC, datetime

from data_bank_api.blobs.disk.system import READ_FLAGS
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import DEFAULT_CONTENT_TYPE, FileInfo
from data_bank_client.wire.times import format_time

_LONGEST = 4096


def format_sidecar(info: FileInfo) -> bytes:
    lines = {
        "sha256": info.digest.hex,
        "size": info.size,
        "content_type": info.content_type,
        "created_at": format_time(info.created_at),
    }
    if info.checksum is not None:
        lines["xxh3"] = info.checksum
    return "".join(f"{key}={value}\n" for key, value in lines.items()).encode()


def parse_sidecar(content: bytes, digest: Digest) -> FileInfo | None:
    """None unless it is whole, readable and about `digest`."""
    try:
        lines = dict(line.split("=", 1) for line in content.decode("ascii").splitlines())
        created_at = datetime.fromisoformat(lines["created_at"])
        size, content_type, checksum = int(lines["size"]), lines["content_type"], lines.get("xxh3")
        info = FileInfo(digest, size, content_type, created_at, checksum)
        # Written back, it must be the same: so a cut, doubled or strange line is seen.
        return info if format_sidecar(info) == content else None
    except (ValueError, KeyError, OverflowError):
        return None


def read_sidecar(path: str, digest: Digest) -> FileInfo | None:
    """None where there is none or it is not valid."""
    try:
        fd = os.open(path, READ_FLAGS)
    except OSError:
        return None
    try:
        return parse_sidecar(os.read(fd, _LONGEST), digest)
    except OSError:  # a bad block, or no file at all: an upload writes a new one
        return None
    finally:
        os.close(fd)


def derive_info(digest: Digest, found: os.stat_result) -> FileInfo:
    """What the blob itself tells, for one whose sidecar is lost."""
    created_at = datetime.fromtimestamp(found.st_mtime, UTC)
    return FileInfo(digest, found.st_size, DEFAULT_CONTENT_TYPE, created_at)
