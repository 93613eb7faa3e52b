"""The stream of what changed in the catalog, beside all generations: the newest KEPT of it.

Who makes an index follows it; a generation that was crawled meanwhile takes over what it lacks.
"""

from collections.abc import Sequence

import msgspec
import redis

from data_bank_api.broker.failures import redis_errors
from data_bank_api.catalog.document import read_document
from data_bank_api.catalog.keys import UPDATES
from data_bank_api.catalog.store import Update
from data_bank_client.errors import ConflictError
from data_bank_client.wire.stream_id import StreamId

KEPT = 100_000
FIELD = b"document"
BEGINNING = "0-0"

_Entries = list[tuple[bytes, dict[bytes, bytes]]]


class UpdateStream:
    """Raises ServiceUnavailableError where Redis is away."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    def end(self) -> str:
        """The place of the newest there ever was."""
        return _place(self._info(), "last-generated-id") or BEGINNING

    def read(self, after: str, limit: int) -> Sequence[Update]:
        """What came after a place, oldest first. Raises ConflictError where some of it is gone."""
        with redis_errors():
            told: object = self._client.xrange(UPDATES, f"({after}", "+", limit)
        found = msgspec.convert(told, _Entries)
        # Asked for afterwards, so that what is dropped in between is noticed.
        if self._has_dropped(after):
            raise ConflictError("the catalog has changed more than its stream of updates keeps")
        return [Update(place.decode(), read_document(each[FIELD])) for place, each in found]

    def _has_dropped(self, after: str) -> bool:
        info = self._info()
        oldest = _place(info, "recorded-first-entry-id")
        was_all_kept = info.get("entries-added") == info.get("length")
        return not was_all_kept and StreamId.parse(after) < StreamId.parse(oldest or BEGINNING)

    def _info(self) -> dict[str, object]:
        with redis_errors():
            try:
                told: object = self._client.xinfo_stream(UPDATES)
            except redis.ResponseError as error:
                if "no such key" not in str(error):
                    raise
                return {}
        return msgspec.convert(told, dict[str, object])


def _place(info: dict[str, object], name: str) -> str | None:
    found = info.get(name)
    return found.decode() if isinstance(found, bytes) else None
