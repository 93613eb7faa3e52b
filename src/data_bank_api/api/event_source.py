"""What the streams of events of one process share: the way to Redis, the bell, the places."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import redis.asyncio
from starlette.requests import Request

from data_bank_api.api.stop_bell import StopBell
from data_bank_api.api.transfers import Transfers
from data_bank_api.broker.connect import connect_async
from data_bank_api.observability.room_metrics import RoomMetrics
from data_bank_client.errors import RateLimitError

MOST_STREAMS = 256
MOST_OF_A_KEY = 128  # so that one key leaves room for others


class EventSource:
    def __init__(
        self, redis_url: str, bell: StopBell, stall_seconds: float, metrics: RoomMetrics
    ) -> None:
        self._redis_url = redis_url
        self.bell = bell
        self.stall_seconds = stall_seconds
        self._metrics = metrics
        self._taken = 0
        self._by_key = Transfers(MOST_OF_A_KEY)

    @contextmanager
    def place(self, request: Request) -> Iterator[None]:
        """One of MOST_STREAMS, and of those of the request's key. Raises RateLimitError."""
        if self._taken >= MOST_STREAMS:
            raise RateLimitError(f"{MOST_STREAMS} streams of events are open: try again soon")
        self._taken += 1
        self._metrics.stream_begun()
        try:
            with self._by_key.place("event stream", request):
                yield
        finally:
            self._metrics.stream_ended()
            self._taken -= 1

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[redis.asyncio.Redis]:
        """Of one stream alone, and gone with it, also where its end is cancelled.

        A pool for all of them would keep what it is given back: as many connections as ever
        were in use at once, until the process ends.
        """
        client = connect_async(self._redis_url)
        try:
            yield client
        finally:
            await asyncio.shield(client.aclose())
