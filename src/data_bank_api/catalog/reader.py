"""The catalog read from Redis. Each question is one step there, of the current generation alone.

Documents come as lines joined by Redis, one string each answer: a thousand strings to take apart
would take Python longer than all the rest.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec
import redis

from data_bank_api.broker.failures import redis_errors
from data_bank_api.catalog.document import Document, read_documents, served_json
from data_bank_api.catalog.keys import (
    CURRENT,
    FULL_LEASE,
    INCREMENT_LEASE,
    PREFIX,
    GenerationKeys,
    Sort,
)
from data_bank_api.catalog.store import Page, Status, Update
from data_bank_api.catalog.updates import BEGINNING, UpdateStream
from data_bank_client.errors import NotFoundError
from data_bank_client.wire.times import parse_time

BATCH = 200

_LINES = """
local function lines(prefix, ids)
    local found = {}
    if #ids > 0 then
        for _, line in ipairs(redis.call('HMGET', prefix .. 'documents', unpack(ids))) do
            if line then found[#found + 1] = line end
        end
    end
    return table.concat(found, '\\n')
end
"""
_PAGE = f"""{_LINES}
local generation = redis.call('GET', KEYS[1])
if not generation then return {{'', 0, ''}} end
local prefix = ARGV[1] .. generation .. ':'
local range = {{'ZRANGE', prefix .. ARGV[2], ARGV[3], ARGV[4]}}
if ARGV[5] == '1' then range[5] = 'REV' end
local ids = redis.call(unpack(range))
return {{generation, redis.call('ZCARD', prefix .. 'order'), lines(prefix, ids)}}
"""
_DOCUMENTS = f"""{_LINES}
local generation = redis.call('GET', KEYS[1])
if not generation then return '' end
return lines(ARGV[1] .. generation .. ':', {{unpack(ARGV, 2)}})
"""
_STATUS = """
local generation = redis.call('GET', KEYS[1])
local leases = redis.call('EXISTS', KEYS[2], KEYS[3])
if not generation then return {'', '0', '', '', leases} end
local meta = redis.call('HMGET', ARGV[1] .. generation .. ':meta',
    'total_items', 'last_update', 'crawled_at')
if not (meta[1] and meta[2] and meta[3]) then return {'', '0', '', '', leases} end
return {generation, meta[1], meta[2], meta[3], leases}
"""
# Its own order is that of the ids, since all scores are equal.
_SCAN = f"""{_LINES}
local prefix = ARGV[1]
if redis.call('EXISTS', prefix .. 'meta') == 0 then return {{}} end
local ids = redis.call('ZRANGE', prefix .. 'order', ARGV[2], '+', 'BYLEX', 'LIMIT', 0, ARGV[3])
return {{table.concat(ids, '\\n'), lines(prefix, ids)}}
"""


class Batch(NamedTuple):
    """The ids in their order, and the lines of those that have one."""

    ids: Sequence[str]
    lines: bytes


class RedisCatalog:
    """CatalogReader and CatalogSource. Several threads may use it."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client
        self._updates = UpdateStream(client)
        self._page = client.register_script(_PAGE)
        self._documents = client.register_script(_DOCUMENTS)
        self._status = client.register_script(_STATUS)
        self._scan = client.register_script(_SCAN)

    def page(self, sort: Sort, offset: int, limit: int, *, descending: bool) -> Page:
        ends = (offset, offset + limit - 1)
        with redis_errors():
            told: object = self._page([CURRENT], [PREFIX, sort, *ends, int(descending)])
        generation, total, lines = msgspec.convert(told, tuple[bytes, int, bytes])
        return Page(generation.decode() or None, total, served_json(lines))

    def documents(self, ids: Sequence[str]) -> bytes:
        with redis_errors():
            told: object = self._documents([CURRENT], [PREFIX, *ids])
        return served_json(msgspec.convert(told, bytes))

    def one(self, dataset_id: str) -> bytes | None:
        return self.documents([dataset_id]) or None

    def status(self) -> Status:
        with redis_errors():
            told: object = self._status([CURRENT, FULL_LEASE, INCREMENT_LEASE], [PREFIX])
        generation, total, last_update, crawled_at, leases = msgspec.convert(
            told, tuple[bytes, bytes, bytes, bytes, int]
        )
        return Status(
            generation=generation.decode() or None,
            total_items=int(total),
            last_update=_moment(last_update),
            crawled_at=_moment(crawled_at),
            is_refreshing=leases > 0,
        )

    def current(self) -> str | None:
        with redis_errors():
            found = self._client.get(CURRENT)
        return _text(found) if found is not None else None

    def updates_from(self, generation: str) -> str:
        with redis_errors():
            found = self._client.hget(GenerationKeys(generation).meta, "updates_from")
        return BEGINNING if found is None else _text(found)

    def scan(self, generation: str) -> Iterator[Sequence[Document]]:
        for batch in self.batches(generation):
            yield read_documents(batch.lines)

    def batches(self, generation: str) -> Iterator[Batch]:
        """As `scan`, undecoded. Raises NotFoundError."""
        after, prefix = "-", f"{PREFIX}{generation}:"
        while True:
            with redis_errors():
                told: object = self._scan([], [prefix, after, BATCH])
            found = msgspec.convert(told, list[bytes])
            if not found:
                raise NotFoundError("this generation of the catalog is gone")
            names, lines = found
            if not names:
                return
            ids = names.decode().split("\n")
            yield Batch(ids, lines)
            after = f"({ids[-1]}"

    def updates(self, after: str, limit: int) -> Sequence[Update]:
        return self._updates.read(after, limit)


def _moment(found: bytes) -> datetime | None:
    return parse_time(found.decode()) if found else None


def _text(found: bytes | str) -> str:
    return found.decode() if isinstance(found, bytes) else found
