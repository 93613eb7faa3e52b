"""The sidecar of a blob, `<sha256>.meta`: four lines.

sha256=9f86d081...
size=4
content_type=text/plain
created_at=2026-11-21T10:00:00.000000Z
"""

import os
from datetime import UTC, datetime

from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import DEFAULT_CONTENT_TYPE, FileInfo, format_time

_LONGEST = 4096


def format_sidecar(info: FileInfo) -> bytes:
    lines = {
        "sha256": info.digest.hex,
        "size": info.size,
        "content_type": info.content_type,
        "created_at": format_time(info.created_at),
    }
    return "".join(f"{key}={value}\n" for key, value in lines.items()).encode()


def parse_sidecar(content: bytes, digest: Digest) -> FileInfo | None:
    """None unless it is whole, readable and about `digest`."""
    try:
        lines = dict(line.split("=", 1) for line in content.decode("ascii").splitlines())
        created_at = datetime.fromisoformat(lines["created_at"])
        info = FileInfo(digest, int(lines["size"]), lines["content_type"], created_at)
    except (ValueError, KeyError):
        return None
    # Written back, it must be the same: so a cut, doubled or strange line is seen.
    is_whole = created_at.tzinfo is not None and format_sidecar(info) == content
    return info if is_whole else None


def read_sidecar(path: str, digest: Digest) -> FileInfo | None:
    """None where there is none or it is not valid."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return parse_sidecar(os.read(fd, _LONGEST), digest)
    finally:
        os.close(fd)


def derive_info(digest: Digest, found: os.stat_result) -> FileInfo:
    """What the blob itself tells, for one whose sidecar is lost."""
    created_at = datetime.fromtimestamp(found.st_mtime, UTC)
    return FileInfo(digest, found.st_size, DEFAULT_CONTENT_TYPE, created_at)
