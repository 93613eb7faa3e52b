"""Following the stream of events from a place in it, through whatever happens to Redis.

    no place                from now on
    a place                 after it
    one before the oldest   from the oldest that is kept, with a remark
    one after the newest    Redis has lost what was there: from now on, with a remark
    Redis is away           a remark, and on from the same place when it is back

A remark is for people: what is missing cannot be had any more.
"""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass

import msgspec
import redis
import redis.asyncio

from data_bank_api.broker.failures import redis_errors
from data_bank_api.events.entry import Entry, read_entries, read_place
from data_bank_api.events.stream import LOG
from data_bank_client.errors import ServiceUnavailableError
from data_bank_client.wire.stream_id import BEGINNING, StreamId

COUNT = 20  # at once: what a reader holds in memory
# Well below what a connection waits for an answer.
_BLOCK_MILLISECONDS = 2000
_PAUSE_SECONDS = 1.0

AWAY = "Redis does not answer: events wait until it does"


@dataclass(frozen=True, slots=True)
class News:
    """What came next, perhaps nothing: `place` is how far the stream is read."""

    place: StreamId
    entries: tuple[Entry, ...] = ()
    remark: str | None = None


async def follow(client: redis.asyncio.Redis, after: StreamId | None) -> AsyncGenerator[News, None]:
    """News, at least each few seconds, without end.

    The first tells the place where it begins; for that Redis has to be there: raises
    ServiceUnavailableError.
    """
    news = await _begin(client, after)
    is_away, is_sure = False, True
    while True:
        yield news
        _end_if_cancelled()
        try:
            if is_sure:
                news = await _read(client, news.place)
                # Who is behind may be left behind, and where nothing comes Redis may be another.
                is_sure = 0 < len(news.entries) < COUNT
            else:
                news = await _begin(client, news.place)
                is_sure, is_away = True, False
        except ServiceUnavailableError:
            news = News(news.place, remark=None if is_away else AWAY)
            if is_away:
                await asyncio.sleep(_PAUSE_SECONDS)
            is_sure, is_away = False, True


def _end_if_cancelled() -> None:
    """redis-py (8.1) now and then loses the cancellation of a read, which then just goes on."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def _begin(client: redis.asyncio.Redis, after: StreamId | None) -> News:
    """Where to begin, when it was long ago or Redis is new to us."""
    with redis_errors():
        oldest, newest = await _ends(client)
    if after is None:
        return News(newest)
    if after > newest:
        return News(newest, remark=f"events up to {after} are lost: what comes now follows")
    if after != BEGINNING and (after < newest if oldest is None else after < oldest):
        return News(after, remark=f"events after {after} may be missing: they are not kept")
    return News(after)


async def _ends(client: redis.asyncio.Redis) -> tuple[StreamId | None, StreamId]:
    """The place of the oldest event that is kept, and of the newest that ever was."""
    try:
        told: object = await client.xinfo_stream(LOG)
    except redis.ResponseError as error:
        if "no such key" not in str(error):
            raise
        return None, BEGINNING
    known = msgspec.convert(told, dict[str, object])
    first = known["first-entry"]
    oldest = None if first is None else read_entries([first])[0].id
    return oldest, read_place(known["last-generated-id"])


async def _read(client: redis.asyncio.Redis, after: StreamId) -> News:
    with redis_errors():
        answered: object = await client.xread(
            {LOG: str(after)}, count=COUNT, block=_BLOCK_MILLISECONDS
        )
    entries = [
        entry
        for _, found in msgspec.convert(answered, list[tuple[bytes, list[object]]])
        for entry in read_entries(found)
    ]
    return News(entries[-1].id if entries else after, tuple(entries))
