"""Events of jobs, for tests, and who listens to them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import redis
from redis.client import PubSub

from data_bank_api.events.entry import Entry, read_entries
from data_bank_api.events.stream import LOG
from data_bank_client.wire.events import CHANNEL, JobEvent, JobProgress, decode_event

AT = "2026-11-21T10:00:00.000000Z"


def progress(number: int, job_id: str = "j") -> JobProgress:
    """An event whose id is its number."""
    return JobProgress(
        event_id=str(number), at=AT, job_id=job_id, progress=min(100.0, float(number))
    )


def entries_in(client: redis.Redis) -> list[Entry]:
    """All that the stream keeps, oldest first."""
    return read_entries(client.xrange(LOG))


class Listener:
    """What is published from its beginning on."""

    def __init__(self, client: redis.Redis) -> None:
        self._channel = PubSub(client.connection_pool)
        self._channel.subscribe(CHANNEL)
        assert self._channel.get_message(timeout=10) is not None  # subscribed

    def hear(self, count: int) -> list[JobEvent]:
        """The next so many."""
        heard: list[JobEvent] = []
        deadline = time.monotonic() + 30
        while len(heard) < count:
            assert time.monotonic() < deadline, f"heard {len(heard)} of {count}"
            message = self._channel.get_message(timeout=1)
            if message is not None:
                heard.append(decode_event(message["data"]))
        return heard

    def is_silent(self) -> bool:
        return self._channel.get_message(timeout=0.1) is None

    def close(self) -> None:
        self._channel.close()


@contextmanager
def listening(client: redis.Redis) -> Iterator[Listener]:
    listener = Listener(client)
    try:
        yield listener
    finally:
        listener.close()
