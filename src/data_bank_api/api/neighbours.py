"""What jobs need beside the files: Redis, the database, a worker. Which of them is missing?

Without them files are stored and served all the same.
"""

import time
from collections.abc import Callable
from contextlib import closing, suppress

from data_bank_api.api.lookup import Lookup
from data_bank_api.api.pool import DatabasePool
from data_bank_api.broker.connect import connect
from data_bank_api.broker.failures import redis_errors
from data_bank_api.jobs.dispatcher_lock import DISPATCHER_LOCK
from data_bank_api.wiring import NO_DESK, Desk
from data_bank_client.errors import ServiceUnavailableError

# Anybody may ask: one look in so many seconds at most.
_FRESH_SECONDS = 3.0
# A look at one that hangs takes longer: until it is over, what was known before is told.
_PATIENCE_SECONDS = 1.0


class Neighbours:
    def __init__(
        self,
        desk: Desk | None,
        pool: DatabasePool,
        clock: Callable[[], float] = time.monotonic,
        patience: float = _PATIENCE_SECONDS,
    ) -> None:
        self._desk = desk
        self._patience = patience
        self._missing: dict[str, str] = {}
        self._lookup = Lookup(self._look, pool, _FRESH_SECONDS, clock)

    async def missing(self) -> dict[str, str]:
        """The names of those that are, and why."""
        with suppress(TimeoutError):
            await self._lookup.ask(self._patience)
        return self._missing

    def _look(self) -> None:
        self._missing = _find_missing(self._desk)


def _find_missing(desk: Desk | None) -> dict[str, str]:
    if desk is None:
        return {"redis": NO_DESK}
    missing: dict[str, str] = {}
    try:
        with redis_errors(), closing(connect(desk.redis_url, retries=0)) as connection:
            if not connection.exists(DISPATCHER_LOCK):
                missing["worker"] = "no worker is running"
    except ServiceUnavailableError as error:
        missing["redis"] = error.message
    try:
        desk.database.check()
    except ServiceUnavailableError as error:
        missing["database"] = error.message
    return missing
