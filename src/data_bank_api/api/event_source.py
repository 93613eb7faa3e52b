"""What the streams of events of one process share: the way to Redis, the bell, the places."""

from collections.abc import Iterator
from contextlib import contextmanager

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
        self.client = connect_async(redis_url)
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

    async def aclose(self) -> None:
        await self.client.aclose()
