"""What of a job's progress is told: never less than before, and not more often than each second.

    gate.offer(progress)     as often as the job likes
    gate.take(now)           what is to be told now, if anything
    gate.rest()              what is left to be told at the job's end

Of what waits, the newest is told and what is older forgotten. The time is given in, in seconds of
any clock that does not go back. One thread may offer while another takes.
"""

import math
import threading
from dataclasses import replace

from data_bank_api.queue.new_events import Progress

INTERVAL = 1.0


class ProgressGate:
    """`lowest` is what was told before; nothing below it will be."""

    def __init__(self, lowest: float = 0.0, interval: float = INTERVAL) -> None:
        self._interval = interval
        self._highest = lowest
        self._waiting: Progress | None = None
        self._next_at = -math.inf
        self._lock = threading.Lock()

    def offer(self, progress: Progress) -> None:
        """Less than before, and what is no number, is told as what was before."""
        with self._lock:
            if progress.percent > self._highest:
                self._highest = float(min(progress.percent, 100))
            self._waiting = replace(progress, percent=self._highest)

    def take(self, now: float) -> Progress | None:
        """What waits, if a second has passed since the last that was taken here."""
        if now < self._next_at:
            return None
        progress = self.rest()
        if progress is not None:
            self._next_at = now + self._interval
        return progress

    def rest(self) -> Progress | None:
        """What waits, whether or not its time has come."""
        with self._lock:
            progress, self._waiting = self._waiting, None
            return progress
