"""Following the stream through whatever happens to Redis."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress

import pytest

from data_bank_api.broker.connect import connect_async
from data_bank_api.events.follow import AWAY, COUNT, News, follow
from data_bank_api.events.stream import LOG, EventStream
from data_bank_client.errors import ServiceUnavailableError
from data_bank_client.wire.events import decode_event
from data_bank_client.wire.stream_id import BEGINNING, StreamId
from tests.fakes.job_events import entries_in, progress
from tests.fakes.redis_server import RedisServer

Followed = AsyncGenerator[News, None]


def following(
    server: RedisServer, after: StreamId | None, check: Callable[[Followed], Awaitable[None]]
) -> None:
    """Follow the stream of a Redis, within a minute."""

    async def run() -> None:
        async with (
            asyncio.timeout(60),
            connect_async(server.url) as client,
            aclosing(follow(client, after)) as news,
        ):
            await check(news)

    asyncio.run(run())


def publish(server: RedisServer, *numbers: int, kept: int = 1000) -> list[StreamId]:
    """The places of all that are kept then."""
    with server.connect() as client:
        EventStream(client, kept).publish([progress(number) for number in numbers])
        return [entry.id for entry in entries_in(client)]


async def numbers(news: Followed, count: int) -> list[int]:
    """The next so many events."""
    found: list[int] = []
    while len(found) < count:
        found += [int(decode_event(each.content).event_id) for each in (await anext(news)).entries]
    return found


async def remark(news: Followed) -> str:
    """The next one that is made."""
    while True:
        said = (await anext(news)).remark
        if said is not None:
            return said


def test_without_a_place_it_begins_with_what_comes(redis_server: RedisServer) -> None:
    places = publish(redis_server, 1, 2)

    async def check(news: Followed) -> None:
        assert await anext(news) == News(places[-1])
        await asyncio.to_thread(publish, redis_server, 3)
        assert await numbers(news, 1) == [3]

    following(redis_server, None, check)


@pytest.mark.parametrize("after", [None, BEGINNING])
def test_a_stream_that_is_not_there_yet_is_followed_from_its_beginning(
    redis_server: RedisServer, after: StreamId | None
) -> None:
    async def check(news: Followed) -> None:
        assert await anext(news) == News(BEGINNING)
        await asyncio.to_thread(publish, redis_server, 1)
        assert await numbers(news, 1) == [1]

    following(redis_server, after, check)


def test_after_a_place_come_all_that_follow(redis_server: RedisServer) -> None:
    places = publish(redis_server, *range(100))

    async def check(news: Followed) -> None:
        assert await anext(news) == News(places[9])
        assert await numbers(news, 90) == list(range(10, 100))

    following(redis_server, places[9], check)


def test_little_is_read_at_once_and_the_place_is_told(redis_server: RedisServer) -> None:
    places = publish(redis_server, *range(100))

    async def check(news: Followed) -> None:
        await anext(news)
        batch = await anext(news)
        assert (len(batch.entries), batch.place) == (COUNT, places[COUNT - 1])

    following(redis_server, BEGINNING, check)


def test_the_beginning_is_what_is_kept(redis_server: RedisServer) -> None:
    publish(redis_server, *range(150), kept=100)

    async def check(news: Followed) -> None:
        assert await anext(news) == News(BEGINNING)
        assert await numbers(news, 100) == list(range(50, 150))

    following(redis_server, BEGINNING, check)


def test_a_place_that_is_not_kept_any_more_is_told_of(redis_server: RedisServer) -> None:
    places = publish(redis_server, 0)
    publish(redis_server, *range(1, 150), kept=100)

    async def check(news: Followed) -> None:
        assert "may be missing" in await remark(news)
        assert await numbers(news, 100) == list(range(50, 150))

    following(redis_server, places[0], check)


def test_a_stream_that_keeps_nothing_is_told_of(redis_server: RedisServer) -> None:
    places = publish(redis_server, 0, 1)
    with redis_server.connect() as client:
        client.xtrim(LOG, 0, approximate=False)

    async def check(news: Followed) -> None:
        assert "may be missing" in await remark(news)

    async def check_newest(news: Followed) -> None:
        assert await anext(news) == News(places[1])

    following(redis_server, places[0], check)
    following(redis_server, places[1], check_newest)


def test_a_place_that_is_still_to_come_is_told_of(redis_server: RedisServer) -> None:
    publish(redis_server, 1)

    async def check(news: Followed) -> None:
        assert "are lost" in await remark(news)
        await asyncio.to_thread(publish, redis_server, 2)
        assert await numbers(news, 1) == [2]

    following(redis_server, StreamId(2**63, 0), check)


def test_who_is_left_behind_while_reading_is_told_so(redis_server: RedisServer) -> None:
    publish(redis_server, *range(100))

    async def check(news: Followed) -> None:
        assert await numbers(news, COUNT) == list(range(COUNT))
        await asyncio.to_thread(publish, redis_server, *range(100, 300), kept=100)
        assert "may be missing" in await remark(news)
        assert await numbers(news, 100) == list(range(200, 300))

    following(redis_server, BEGINNING, check)


def test_it_is_told_that_nothing_has_happened(redis_server: RedisServer) -> None:
    async def check(news: Followed) -> None:
        assert await anext(news) == await anext(news) == News(BEGINNING)

    following(redis_server, None, check)


def test_without_redis_it_does_not_begin(own_redis: RedisServer) -> None:
    own_redis.kill()

    async def check(news: Followed) -> None:
        with pytest.raises(ServiceUnavailableError):
            await anext(news)

    following(own_redis, None, check)


def test_it_goes_on_where_it_was_when_redis_is_back(own_redis: RedisServer) -> None:
    async def check(news: Followed) -> None:
        publish(own_redis, 1)
        assert await numbers(news, 1) == [1]
        own_redis.kill()
        assert await remark(news) == AWAY
        assert (await anext(news)).remark is None  # once is enough
        await asyncio.to_thread(own_redis.start)
        await asyncio.to_thread(publish, own_redis, 2)
        assert await numbers(news, 1) == [2]

    following(own_redis, BEGINNING, check)


def test_it_goes_on_when_redis_has_lost_what_it_kept(own_redis: RedisServer) -> None:
    publish(own_redis, 1)

    async def check(news: Followed) -> None:
        await anext(news)
        with own_redis.connect() as client:
            client.flushall()
        await asyncio.to_thread(own_redis.restart)
        assert "are lost" in await remark(news)
        await asyncio.to_thread(publish, own_redis, 2)
        assert await numbers(news, 1) == [2]

    following(own_redis, None, check)


def test_another_refusal_of_redis_is_no_empty_stream(redis_server: RedisServer) -> None:
    with redis_server.connect() as client:
        client.set(LOG, "not a stream")

    async def check(news: Followed) -> None:
        with pytest.raises(ServiceUnavailableError, match="Redis refuses"):
            await anext(news)

    following(redis_server, None, check)


def test_a_cancellation_that_a_read_has_lost_is_heeded_after_it(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = asyncio.Event()

    async def deaf(_client: object, after: StreamId) -> News:
        begun.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        return News(after)

    async def check() -> None:
        async with connect_async(redis_server.url) as client:
            reading = asyncio.ensure_future(read_on(follow(client, None)))
            await begun.wait()
            reading.cancel()
            done, _ = await asyncio.wait((reading,), timeout=30)
            assert [each.cancelled() for each in done] == [True]

    async def read_on(news: Followed) -> None:
        async for _ in news:
            pass

    monkeypatch.setattr("data_bank_api.events.follow._read", deaf)
    asyncio.run(check())
