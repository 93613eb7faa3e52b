"""Silence: which runs have given no sign of life for too long. Pure: the clock is handed in.

A beat is compared with the beat seen before, never a time with another machine's time. Only
time in which somebody looked counts: of a longer gap between two looks (the watcher was stopped,
the machine slept) LONGEST_STEP counts, so that runs which slept too have time to wake up.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from data_bank_api.queue.upkeep import Beat

SILENCE = 5.0  # seconds
LONGEST_STEP = 2.0


@dataclass(frozen=True, slots=True)
class _Heard:
    beat: int
    at: float  # in seconds watched


class Silence:
    """What was heard of each run, by who looks again and again."""

    def __init__(self, limit: float = SILENCE) -> None:
        self._limit = limit
        self._heard: dict[tuple[str, int], _Heard] = {}
        self._watched = 0.0
        self._looked_at: float | None = None

    def look(self, beats: Iterable[Beat], now: float) -> list[Beat]:
        """Those that are silent, of all runs that there are; `now` is a monotonic clock's."""
        if self._looked_at is not None:
            self._watched += min(now - self._looked_at, LONGEST_STEP)
        self._looked_at = now
        found = [(each, self._hear(each)) for each in beats]
        self._heard = {(each.job_id, each.attempt): heard for each, heard in found}
        return [each for each, heard in found if self._watched - heard.at >= self._limit]

    def forget(self) -> None:
        """The table could not be read: who beat meanwhile is not known."""
        self._heard = {}
        self._looked_at = None

    def _hear(self, beat: Beat) -> _Heard:
        before = self._heard.get((beat.job_id, beat.attempt))
        if before is not None and before.beat == beat.beat:
            return before
        return _Heard(beat.beat, self._watched)
