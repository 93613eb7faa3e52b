"""What is looked up once in a while, by one thread, for all who ask."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

from data_bank_api.api.pool import Pool

T = TypeVar("T")


class Lookup(Generic[T]):
    """`look` is begun `fresh_seconds` after the last time or later, and never twice at once."""

    def __init__(
        self, look: Callable[[], T], pool: Pool, fresh_seconds: float, clock: Callable[[], float]
    ) -> None:
        self._look = look
        self._pool = pool
        self._fresh_seconds = fresh_seconds
        self._clock = clock
        self._looked_at = 0.0
        self._looking: asyncio.Future[T] | None = None

    async def ask(self, patience: float) -> T:
        """Raises TimeoutError after so many seconds; the look goes on."""
        is_old = self._clock() - self._looked_at >= self._fresh_seconds
        if self._looking is None or (is_old and self._looking.done()):
            self._looking, self._looked_at = self._pool.start(self._look), self._clock()
        async with asyncio.timeout(patience):
            return await asyncio.shield(self._looking)
