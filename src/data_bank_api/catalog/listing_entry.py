"""A page of the Hub's listing of datasets, read into documents.

    [{"id": "org/name", "downloads": 5, "mainSize": 1024, "tags": [...], "gated": "auto", ...}, ...]

What comes from there is not trusted: an entry that is not as it should be is left out and counted,
the rest of the page is taken.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from data_bank_api.catalog.document import Document
from data_bank_client.errors import ExternalServiceError

MOST_ENTRIES = 10_000
LONGEST_DESCRIPTION = 4000  # characters: what is longer is cut, as the Hub does much earlier
MOST_TAGS = 1000
LONGEST_TAG = 200
LONGEST_TAGS = 20_000  # all together: a page of a thousand datasets is an answer, too
LONGEST_SHA = 64

_PART = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,95}"
_ID = rf"\A(?:{_PART}/)?{_PART}\Z"
_SHA = re.compile(r"\A[0-9a-f]{40,64}\Z")
# A description that was cut in the middle of a character has a half of it, which is no Unicode.
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)

# Redis keeps what it sorts by as floating-point numbers: these are exact.
_Count = Annotated[int, Meta(ge=0, le=2**53)]
_Moment = Annotated[datetime, Meta(tz=True)]


class _Entry(msgspec.Struct, rename="camel"):
    id: Annotated[str, Meta(pattern=_ID)]
    author: Annotated[str, Meta(max_length=100)] | None = None
    description: str | None = None
    tags: list[str] = []
    downloads: _Count = 0
    likes: _Count = 0
    main_size: _Count | None = None
    used_storage: _Count | None = None
    last_modified: _Moment | None = None
    created_at: _Moment | None = None
    gated: bool | str = False
    private: bool = False
    disabled: bool | None = False
    sha: str | None = None


_Entries = Annotated[list[msgspec.Raw], Meta(max_length=MOST_ENTRIES)]
_page: msgspec.json.Decoder[list[msgspec.Raw]] = msgspec.json.Decoder(_Entries)
_entry = msgspec.json.Decoder(_Entry)


def read_listing(body: bytes) -> tuple[list[Document], int]:
    """The documents of a page in its order, and how many entries are none.

    Raises ExternalServiceError for what is no such page.
    """
    entries = _entries(body)
    found = [document for each in entries if (document := _read(each)) is not None]
    return found, len(entries) - len(found)


def _entries(body: bytes) -> list[msgspec.Raw]:
    try:
        try:
            return _page.decode(body)
        except msgspec.DecodeError:
            return _page.decode(_mended(body))
    except (msgspec.DecodeError, RecursionError) as error:
        raise ExternalServiceError("the Hub lists datasets in a form that is not known") from error


def _mended(body: bytes) -> bytes:
    """`sub` would hold each escape in memory, and there may be millions."""
    made, end = bytearray(), 0
    for escape in _ESCAPE.finditer(body):
        if escape[1] is not None:
            made += body[end : escape.start()] + b"\\ufffd"
            end = escape.end()
    return bytes(made + body[end:])


def _read(raw: msgspec.Raw) -> Document | None:
    try:
        entry = _entry.decode(raw)
        return _document(entry)
    except (msgspec.DecodeError, RecursionError, OverflowError):  # a day before the first
        return None


def _document(entry: _Entry) -> Document:
    is_sha = entry.sha is not None and _SHA.match(entry.sha) is not None
    return Document(
        id=entry.id,
        author=entry.author,
        description=entry.description and entry.description[:LONGEST_DESCRIPTION],
        tags=tuple(_fitting(entry.tags[:MOST_TAGS])),
        downloads=entry.downloads,
        likes=entry.likes,
        size_bytes=entry.used_storage if entry.main_size is None else entry.main_size,
        last_modified=_utc(entry.last_modified),
        created_at=_utc(entry.created_at),
        gated=entry.gated is not False,
        private=entry.private,
        disabled=bool(entry.disabled),
        sha=entry.sha if is_sha else None,
    )


def _fitting(tags: Sequence[str]) -> Iterator[str]:
    left = LONGEST_TAGS
    for each in tags:
        if len(each) <= min(LONGEST_TAG, left):
            left -= len(each)
            yield each


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC)
