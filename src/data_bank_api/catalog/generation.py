"""A generation being written, under the lease: nobody reads it before it is the current one.

    begin ──► add, move_on, add, move_on, ... ──► keep_piece, ... ──► flip        or abandon

Each of these is one step of Redis or several short ones, and may be done twice. One that finds the
lease lost has changed nothing, and raises LeaseLostError; all raise ServiceUnavailableError where
Redis is away.
"""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import redis

from data_bank_api.broker.failures import redis_errors
from data_bank_api.catalog.checkpoint import Checkpoint
from data_bank_api.catalog.document import Document
from data_bank_api.catalog.keys import (
    BUILDING,
    CURRENT,
    PREFIX,
    RETIRED,
    UPDATES,
    GenerationKeys,
)
from data_bank_api.catalog.lease import FENCE, Held
from data_bank_api.catalog.written import PUT, arguments, in_steps
from data_bank_client.wire.times import format_time

_ADD = f"{FENCE}{PUT} put(ARGV[2], ARGV, 3) return 1"
# Whatever was begun before is to be removed.
_BEGIN = f"""{FENCE}
local before = redis.call('GET', KEYS[2])
if before and before ~= ARGV[2] then redis.call('SADD', KEYS[3], before) end
redis.call('SET', KEYS[2], ARGV[2])
redis.call('HSET', KEYS[4], 'total_items', 0, 'last_update', ARGV[3], 'crawled_at', ARGV[3])
redis.call('HSET', KEYS[5], unpack(ARGV, 4))
return 1
"""
# 0: the crawl is led to a page that it was led to before.
_MOVE_ON = f"""{FENCE}
if redis.call('HGET', KEYS[2], 'pages') == ARGV[3] then return 1 end
if redis.call('SADD', KEYS[3], ARGV[2]) == 0 then return 0 end
redis.call('HSET', KEYS[2], unpack(ARGV, 4))
return 1
"""
_SET = f"{FENCE} redis.call('HSET', KEYS[2], unpack(ARGV, 2)) return 1"
_UNSET = f"{FENCE} redis.call('UNLINK', KEYS[2]) return 1"
# 0: the stream has what the generation lacks. Done before, it is done.
_FLIP = f"""{FENCE}
local before = redis.call('GET', KEYS[2])
if before == ARGV[2] then return 1 end
local newest = redis.call('XREVRANGE', KEYS[5], '+', '-', 'COUNT', 1)[1]
if newest and newest[1] ~= ARGV[3] then return 0 end
redis.call('SET', KEYS[2], ARGV[2])
redis.call('DEL', KEYS[3])
if before then redis.call('SADD', KEYS[4], before) end
redis.call('UNLINK', KEYS[6], KEYS[7])
return 1
"""
# Redis does this even where it has no memory left.
_ABANDON = f"""{FENCE}
if redis.call('GET', KEYS[2]) == ARGV[2] then
    redis.call('DEL', KEYS[2])
    redis.call('UNLINK', unpack(KEYS, 3))
end
return 1
"""


@dataclass(frozen=True, slots=True)
class Generation:
    """`name`: 32 hex digits."""

    client: redis.Redis
    held: Held
    name: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def keys(self) -> GenerationKeys:
        return GenerationKeys(self.name)

    def total(self) -> int:
        """How many documents there are."""
        with redis_errors():
            return self.client.hlen(self.keys.documents)

    def begin(self, checkpoint: Checkpoint) -> None:
        """Empty. One that was begun before is abandoned."""
        self._step(
            _BEGIN,
            (BUILDING, RETIRED, self.keys.meta, self.keys.checkpoint),
            (self.name, format_time(checkpoint.begun_at), *_flat(checkpoint.fields())),
        )

    def add(self, documents: Sequence[Document]) -> None:
        """Those that are there already are replaced."""
        for some in in_steps(documents):
            self._step(_ADD, (), (f"{PREFIX}{self.name}:", *arguments(some)))

    def take_up(self, checkpoint: Checkpoint) -> None:
        """Go on with one that was begun before; the checkpoint says how often that was tried."""
        self._step(_SET, (self.keys.checkpoint,), _flat(checkpoint.fields()))

    def move_on(self, checkpoint: Checkpoint) -> bool:
        """The page before it is taken. False: its page is one that was taken before."""
        address = checkpoint.address or ""
        mark = hashlib.blake2b(address.encode(), digest_size=16).digest()
        keys = (self.keys.checkpoint, self.keys.pages)
        fields = _flat(checkpoint.fields())
        return self._step(_MOVE_ON, keys, (mark, checkpoint.pages, *fields)) == 1

    def note_updates_from(self, position: str) -> None:
        """Where in the stream who has made an index of it now follows on."""
        self._step(_SET, (self.keys.meta,), ("updates_from", position))

    def keep_piece(self, number: int, piece: bytes) -> None:
        """A piece of the blob."""
        self._step(_SET, (self.keys.blob,), (number, piece))

    def drop_blob(self) -> None:
        self._step(_UNSET, (self.keys.blob,), ())

    def flip(self, replayed: str) -> bool:
        """It is the current one from now on. False: there are updates after that place."""
        keys = (CURRENT, BUILDING, RETIRED, UPDATES, self.keys.checkpoint, self.keys.pages)
        return self._step(_FLIP, keys, (self.name, replayed)) == 1

    def abandon(self) -> None:
        """It is removed, unless it is the current one."""
        self._step(_ABANDON, (BUILDING, *self.keys.all), (self.name,))

    def _step(
        self, script: str, keys: Sequence[str], arguments: Sequence[str | bytes | int]
    ) -> int:
        return self.held.step(self.client, script, keys, arguments)


def find_building(client: redis.Redis) -> tuple[str, Checkpoint] | None:
    """The generation that was begun last, if it is neither finished nor abandoned."""
    with redis_errors():
        found = client.get(BUILDING)
        if found is None:
            return None
        name = found.decode() if isinstance(found, bytes) else found
        fields: object = client.hgetall(GenerationKeys(name).checkpoint)
    checkpoint = Checkpoint.read(fields)
    return None if checkpoint is None else (name, checkpoint)


def _flat(fields: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(text for pair in fields.items() for text in pair)
