"""How far a download is, and how fast."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

# The rate is that of so many seconds, measured in steps.
_SPAN, _STEP = 5.0, 0.25


@dataclass(frozen=True, slots=True)
class Transfer:
    """In bytes, and bytes a second. `moved`: over the network in this call; `done` counts what
    an earlier call left too, and falls where the file is begun anew."""

    done: int
    size: int
    moved: int
    rate: float


class TransferMeter:
    def __init__(self, size: int, seconds: Callable[[], float] = time.monotonic) -> None:
        self._size = size
        self._seconds = seconds
        self._turn = threading.Lock()
        self._done = 0
        self._moved = 0
        self._samples: deque[tuple[float, int]] = deque([(seconds(), 0)])

    def begin(self, done: int) -> None:
        """So much is there."""
        with self._turn:
            self._done = done

    def add(self, count: int) -> None:
        with self._turn:
            self._done += count
            self._moved += count

    def read(self) -> Transfer:
        with self._turn:
            now = self._seconds()
            if now - self._samples[-1][0] >= _STEP:
                self._samples.append((now, self._moved))
            while len(self._samples) > 1 and now - self._samples[1][0] >= _SPAN:
                self._samples.popleft()
            since, before = self._samples[0]
            rate = (self._moved - before) / (now - since) if now > since else 0.0
            return Transfer(self._done, self._size, self._moved, rate)
