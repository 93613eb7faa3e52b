"""Rate limits as the Hub tells them: `RateLimit` on every answer, 429 with `Retry-After` when
there were too many. Lists and the like are `api`, files are `resolvers`; where small files are is
not counted. Without a limit of a test's own there are always enough.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from tests.fakes.hub.messages import Answer, refusal

BUCKETS = {"resolve": "resolvers", "content": None}
ENOUGH = 1_000_000


@dataclass(frozen=True)
class Limit:
    """So many requests in a window of so many seconds."""

    quota: int
    window: int = 300


class Limits:
    """`limits["api"] = Limit(10)` starts its window anew."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._limits: dict[str, Limit] = {}
        self._begun: dict[str, float] = {}
        self._used: dict[str, int] = {}
        self["api"], self["resolvers"] = Limit(ENOUGH), Limit(ENOUGH)

    def __setitem__(self, bucket: str, limit: Limit) -> None:
        with self._lock:
            self._limits[bucket] = limit
            self._begun[bucket], self._used[bucket] = time.monotonic(), 0

    def take(self, kind: str) -> tuple[Mapping[str, str], Answer | None]:
        """The headers that tell of the limit, and a refusal where it is used up."""
        bucket = BUCKETS.get(kind, "api")
        if bucket is None:
            return {}, None
        with self._lock:
            left, seconds = self._take(bucket)
        limit = self._limits[bucket]
        headers = {
            "RateLimit": f'"{bucket}";r={max(left, 0)};t={seconds}',
            "RateLimit-Policy": f'"fixed window";"{bucket}";q={limit.quota};w={limit.window}',
        }
        if left >= 0:
            return headers, None
        return headers, refusal(429, None, "Too many requests", {"Retry-After": str(seconds)})

    def _take(self, bucket: str) -> tuple[int, int]:
        """How many are left after this one, and the seconds until the window ends."""
        limit, now = self._limits[bucket], time.monotonic()
        if now >= self._begun[bucket] + limit.window:
            self._begun[bucket], self._used[bucket] = now, 0
        self._used[bucket] += 1
        over = self._begun[bucket] + limit.window - now
        return limit.quota - self._used[bucket], int(over) + 1
