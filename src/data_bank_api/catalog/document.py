"""A dataset of the Hub as the catalog keeps it, and as it is served.

    {"id": "org/name", "author": "org", "description": ..., "tags": [...], "downloads": 5,
     "likes": 1, "size_bytes": 1024, "last_modified": "2026-11-21T10:00:00.000000Z", ...,
     "impact": "low", "impact_method": "likes", "impact_metrics": {...}}

Redis holds these bytes for each dataset, on one line. `impact_thresholds` are the same for all of
them, so they are put in front of the last brace when they are served: an answer is made of bytes
that lie there, and nothing is decoded for it.
"""

from datetime import datetime

import msgspec

from data_bank_api.catalog.impact import THRESHOLDS, Level, judge_impact
from data_bank_client.wire.times import format_time


class Document(msgspec.Struct, frozen=True):
    """A dataset as it was listed. `size_bytes` is None where the Hub does not tell it.

    `gated`: who wants it has to ask its owners first.
    """

    id: str
    author: str | None = None
    description: str | None = None
    tags: tuple[str, ...] = ()
    downloads: int = 0
    likes: int = 0
    size_bytes: int | None = None
    last_modified: datetime | None = None
    created_at: datetime | None = None
    gated: bool = False
    private: bool = False
    disabled: bool = False
    sha: str | None = None

    @property
    def impact(self) -> Level:
        return judge_impact(self.size_bytes, self.downloads, self.likes).level


class _Metrics(msgspec.Struct, frozen=True):
    size_bytes: int | None
    downloads: int
    likes: int


class _Stored(msgspec.Struct, frozen=True):
    """The document, its times as they are written everywhere on the wire, and its impact."""

    id: str
    author: str | None
    description: str | None
    tags: tuple[str, ...]
    downloads: int
    likes: int
    size_bytes: int | None
    last_modified: str | None
    created_at: str | None
    gated: bool
    private: bool
    disabled: bool
    sha: str | None
    impact: Level
    impact_method: str
    impact_metrics: _Metrics


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Document)
_END = b',"impact_thresholds":' + _encoder.encode(THRESHOLDS) + b"}"


def stored_json(document: Document) -> bytes:
    """What Redis holds of it: an object of JSON, on one line."""
    found = judge_impact(document.size_bytes, document.downloads, document.likes)
    return _encoder.encode(
        _Stored(
            id=document.id,
            author=document.author,
            description=document.description,
            tags=document.tags,
            downloads=document.downloads,
            likes=document.likes,
            size_bytes=document.size_bytes,
            last_modified=_written(document.last_modified),
            created_at=_written(document.created_at),
            gated=document.gated,
            private=document.private,
            disabled=document.disabled,
            sha=document.sha,
            impact=found.level,
            impact_method=found.method,
            impact_metrics=_Metrics(document.size_bytes, document.downloads, document.likes),
        )
    )


def served_json(stored: bytes) -> bytes:
    """What an answer holds, of lines that Redis holds: the objects, with commas between them."""
    return stored[:-1].replace(b"}\n", _END + b",") + _END if stored else b""


def read_document(data: bytes) -> Document:
    """The document of what Redis holds or what is served. Raises msgspec.DecodeError."""
    return _decoder.decode(data)


def read_documents(lines: bytes) -> list[Document]:
    """The documents of several lines. Raises msgspec.DecodeError."""
    return _decoder.decode_lines(lines)


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else format_time(moment)
