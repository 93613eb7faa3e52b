"""What the streams of events share, without a server: their ways to Redis."""

import asyncio

from data_bank_api.api.event_source import EventSource
from data_bank_api.api.stop_bell import StopBell
from data_bank_api.observability.room_metrics import RoomMetrics
from tests.fakes.redis_server import RedisServer
from tests.running_bank import until


def pinged(server: RedisServer) -> int:
    """How many are connected whose last word was a ping."""
    with server.connect() as client:
        return len([each for each in client.client_list() if each["cmd"] == "ping"])


def test_a_connection_is_gone_with_its_stream(redis_server: RedisServer) -> None:
    async def follow() -> None:
        source = EventSource(redis_server.url, StopBell(), 1, RoomMetrics(None, ()))
        async with source.connection() as one, source.connection() as other:
            await asyncio.gather(one.ping(), other.ping(), one.ping())
            assert pinged(redis_server) == 3
        await asyncio.to_thread(until, lambda: pinged(redis_server) == 0)

    asyncio.run(follow())


def test_a_connection_is_gone_also_where_its_end_is_cancelled(redis_server: RedisServer) -> None:
    held: list[object] = []  # so that nothing is closed by being forgotten

    async def stream(source: EventSource) -> None:
        async with source.connection() as client:
            held.append(client)
            await client.ping()
            task = asyncio.current_task()
            assert task is not None
            task.cancel()  # comes where it waits next: in the closing

    async def run() -> None:
        ending = asyncio.create_task(
            stream(EventSource(redis_server.url, StopBell(), 1, RoomMetrics(None, ())))
        )
        await asyncio.wait((ending,))
        assert ending.cancelled()
        await asyncio.to_thread(until, lambda: pinged(redis_server) == 0)

    asyncio.run(run())
