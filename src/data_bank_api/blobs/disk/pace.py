"""How fast long work over the store may go, and whether it may go on."""

import time
from collections.abc import Callable
from typing import Protocol

# Sleeping is done in pieces of this: a stop is heeded after one.
_NAP_SECONDS = 0.1

# What was not used of the rate is not saved up for longer than this.
_BURST_SECONDS = 1.0


class StoppedError(Exception):
    """The work was asked to stop."""


class Pace(Protocol):
    def take(self, size: int) -> None:
        """Called after each `size` bytes; takes its time. Raises StoppedError."""
        ...


class SteadyPace:
    """At most `rate` bytes a second, 0 for any number, until `is_stopped`."""

    def __init__(
        self,
        rate: float,
        is_stopped: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._rate = rate
        self._is_stopped = is_stopped
        self._clock = clock
        self._sleep = sleep
        self._due = clock()

    def take(self, size: int) -> None:
        if self._rate:
            self._due = max(self._due, self._clock() - _BURST_SECONDS) + size / self._rate
        while not self._is_stopped():
            rest = self._due - self._clock()
            if rest <= 0:
                return
            self._sleep(min(rest, _NAP_SECONDS))
        raise StoppedError
