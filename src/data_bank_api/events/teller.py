"""Telling events through what happens to Redis: what has to be told, and what may rest."""

import time
from collections.abc import Sequence

import redis

from data_bank_api.broker.connect import connect
from data_bank_api.events.stream import EventStream
from data_bank_client.errors import ServiceUnavailableError
from data_bank_client.wire.events import JobEvent

# Seconds, as are all of these.
PATIENCE = 10.0
_PAUSE = 0.5
_REST = 5.0


class Teller:
    """For one thread. It closes what it has opened, and not what was given to it."""

    def __init__(self, connection: redis.Redis | str) -> None:
        self._is_own = isinstance(connection, str)
        self._client = connect(connection) if isinstance(connection, str) else connection
        self._stream = EventStream(self._client)
        self.resting_until = 0.0

    def insist(self, events: Sequence[JobEvent]) -> None:
        """Raises ServiceUnavailableError after PATIENCE."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return self._stream.publish(events)
            except ServiceUnavailableError:
                if time.monotonic() > deadline:
                    raise
            time.sleep(_PAUSE)

    def tried(self, events: Sequence[JobEvent]) -> bool:
        """Whether it worked; where it did not, it is not to be tried again for a while."""
        try:
            self._stream.publish(events)
        except ServiceUnavailableError:
            self.resting_until = time.monotonic() + _REST
            return False
        return True

    def close(self) -> None:
        if self._is_own:
            self._client.close()
