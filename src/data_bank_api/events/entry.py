"""Events as they stand in the stream, and the choice among them."""

from dataclasses import dataclass

import msgspec

from data_bank_client.wire.events import EVENT_TYPES
from data_bank_client.wire.stream_id import StreamId

_Raw = tuple[bytes, dict[bytes, bytes] | None]


@dataclass(frozen=True, slots=True)
class Entry:
    """An event at its place: `content` is what it is on the wire, the others are of it."""

    id: StreamId
    type: str
    job_id: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Wanted:
    """Events of these types, and of this job where one is named."""

    types: frozenset[str] = frozenset(EVENT_TYPES)
    job_id: str | None = None

    def takes(self, entry: Entry) -> bool:
        return entry.type in self.types and self.job_id in (None, entry.job_id)


def read_entries(answered: object) -> list[Entry]:
    """What Redis answers to XRANGE, and for one stream to XREAD.

    What no event stands in is an entry without a type.
    """
    return [_read(place, fields or {}) for place, fields in msgspec.convert(answered, list[_Raw])]


def _read(place: bytes, fields: dict[bytes, bytes]) -> Entry:
    kind, job_id = (fields.get(name, b"").decode(errors="replace") for name in (b"type", b"job_id"))
    return Entry(read_place(place), kind, job_id, fields.get(b"event", b""))


def read_place(answered: object) -> StreamId:
    return StreamId.parse(msgspec.convert(answered, bytes).decode())
