"""A file as it is known (`FileInfo`) and as it is told (`FileAnswer`, and what is made of it)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypedDict

from data_bank_client.wire.digest import Digest
from data_bank_client.wire.times import format_time

DEFAULT_CONTENT_TYPE = "application/octet-stream"
BATCH_LIMIT = 1000
LIST_LIMIT = 1000
LIST_DEFAULT = 100


@dataclass(frozen=True, slots=True)
class FileInfo:
    """What the bank knows of a file. `size` in bytes, `created_at` with its time zone.

    `checksum`: the XXH3-128 of the bytes in hexadecimal, where a store keeps one to check what
    it reads by. It is not told.
    """

    digest: Digest
    size: int
    content_type: str
    created_at: datetime
    checksum: str | None = field(default=None, compare=False)


class FileAnswer(TypedDict):
    """A stored file on the wire: `size` in bytes, `created_at` RFC 3339 in UTC.

    `file_id` and `sha256` are the same: the SHA-256 of the bytes, in hexadecimal.
    """

    file_id: str
    size: int
    sha256: str
    content_type: str
    created_at: str


class FileHead(TypedDict):
    """What the headers of an answer tell of a file: `size` in bytes, `etag` as sent, quoted."""

    file_id: str
    size: int
    content_type: str
    etag: str


class FilePage(TypedDict):
    """A page of files in digest order; `next_cursor` asks for the one after it."""

    items: list[FileAnswer]
    next_cursor: str | None
    has_more: bool


class BatchQuestion(TypedDict):
    """Up to 1000 file ids (BATCH_LIMIT)."""

    file_ids: list[str]


class BatchAnswer(TypedDict):
    """The files asked for that are stored, and the ids of those that are not, in asked order."""

    items: list[FileAnswer]
    missing: list[str]


def answer(info: FileInfo) -> FileAnswer:
    return FileAnswer(
        file_id=info.digest.hex,
        size=info.size,
        sha256=info.digest.hex,
        content_type=info.content_type,
        created_at=format_time(info.created_at),
    )
