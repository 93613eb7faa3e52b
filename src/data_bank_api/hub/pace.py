"""The pace of requests: when few are left in the Hub's window, they are spread over it.

So a job with thousands of requests goes on slowly, instead of failing by a refusal.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from data_bank_api.hub.located import Rest
from data_bank_api.hub.rate_limit import LONGEST_PAUSE, RateLimit

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

_WORTH_A_LINE = 5.0  # seconds


@dataclass(slots=True)
class _Bucket:
    spacing: float
    until: float  # from then on the spacing is an old story
    turn: float  # when the next request may begin


class Pace:
    """Several threads may use it. `clock` in seconds, `sleep` rests so many."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._buckets: dict[str, _Bucket] = {}

    def wait(self, bucket: str, rest: Rest | None = None) -> None:
        """Until it is this request's turn: LONGEST_PAUSE at most, mostly not at all.

        By `rest`, where it is given, and raises what that raises.
        """
        pause = self._take_turn(bucket)
        if pause >= _WORTH_A_LINE:
            log.info("the Hub has few requests left", of=bucket, pause=round(pause))
        if pause > 0:
            (rest or self._sleep)(pause)

    def note(self, bucket: str, header: str) -> None:
        """What an answer says in `RateLimit`; of other buckets than this one it is not heard."""
        limit = RateLimit.parse(header)
        if limit is None or limit.bucket != bucket:
            return
        with self._lock:
            known, now = self._buckets.pop(bucket, None), self._clock()
            if limit.spacing > 0:
                turn = now + limit.spacing
                if known is not None:  # others may be waiting for turns before
                    turn = max(turn, known.turn)
                until = now + min(limit.seconds, LONGEST_PAUSE)
                self._buckets[bucket] = _Bucket(limit.spacing, until, turn)

    def _take_turn(self, bucket: str) -> float:
        """The pause before this request; the next one's turn is later."""
        with self._lock:
            known, now = self._buckets.get(bucket), self._clock()
            if known is None or now >= known.until:
                return 0.0
            turn = max(now, known.turn)
            known.turn = turn + known.spacing
            return min(turn, known.until) - now
