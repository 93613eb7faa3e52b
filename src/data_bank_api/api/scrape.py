"""All that `/metrics` tells: what this service counts, and what the database and Redis say.

Both are asked at once, each by one look at a time for all who ask within FRESH_SECONDS. A look
that takes longer than PATIENCE_SECONDS is not waited for: then the answer says that who was asked
is away, and leaves out what he would have told.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from data_bank_api.api.lookup import Lookup
from data_bank_api.api.pool import DatabasePool, Pool, StoragePool
from data_bank_api.catalog.figures import CatalogFigures
from data_bank_api.jobs.attendance import Attendance, AttendanceMetrics, look_around
from data_bank_api.jobs.kinds.table import KINDS
from data_bank_api.observability.exposition import Exposition
from data_bank_api.queue.job_figures import JobFigures, read_job_figures
from data_bank_api.queue.job_metrics import JobMetrics
from data_bank_api.wiring import Bank
from data_bank_client.errors import ServiceUnavailableError

FRESH_SECONDS = 2.0
PATIENCE_SECONDS = 5.0  # Prometheus waits for ten

T = TypeVar("T")


class Scrape:
    """`text` is for any number of tasks: who asks while one looks is told what that one is."""

    def __init__(
        self,
        bank: Bank,
        storage: StoragePool,
        database: DatabasePool,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._bank = bank
        self._storage = storage
        self._neighbours = _neighbours(bank, database, patience)
        self._writing: asyncio.Future[bytes] | None = None

    async def text(self) -> bytes:
        if self._writing is None or self._writing.done():
            self._writing = asyncio.ensure_future(self._write())
        return await asyncio.shield(self._writing)

    async def neighbours(self) -> Sequence[Collector]:
        """What the database and Redis tell, alone; nothing where there are no jobs."""
        return await asyncio.gather(*(each.tell() for each in self._neighbours))

    async def _write(self) -> bytes:
        told = await self.neighbours()
        everything = Exposition((self._bank.exposition, *told))
        return await self._storage.run(everything.text)


class _Told:
    """Figures that were collected before."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = tuple(metrics)

    def collect(self) -> Iterable[Metric]:
        return self._metrics


class _Neighbour(Generic[T]):
    """`look` raises ServiceUnavailableError where he is away; `tell` makes figures of what he
    said, once for all who ask, and of None where he did not."""

    def __init__(
        self,
        look: Callable[[], T],
        tell: Callable[[T | None], Collector],
        pool: Pool,
        patience: float,
    ) -> None:
        self._look = look
        self._tell = tell
        self._patience = patience
        self._lookup: Lookup[Collector] = Lookup(
            self._look_and_tell, pool, FRESH_SECONDS, time.monotonic
        )

    async def tell(self) -> Collector:
        try:
            return await self._lookup.ask(self._patience)
        except TimeoutError:
            return self._tell(None)

    def _look_and_tell(self) -> Collector:
        return _Told(self._tell(self._look_or_not()).collect())

    def _look_or_not(self) -> T | None:
        try:
            return self._look()
        except ServiceUnavailableError:
            return None


_Seen = tuple[Attendance, Sequence[Metric]]


def _neighbours(
    bank: Bank, pool: Pool, patience: float
) -> tuple[_Neighbour[JobFigures], _Neighbour[_Seen]] | tuple[()]:
    if bank.desk is None:
        return ()
    desk, catalog = bank.desk, bank.require_catalog()
    of_catalog = CatalogFigures(catalog.reader, catalog.shelf)

    def look() -> _Seen:
        return look_around(desk.redis_url), tuple(of_catalog.collect())

    return (
        _Neighbour(lambda: read_job_figures(desk.database), _tell_jobs, pool, patience),
        _Neighbour(look, _tell_redis, pool, patience),
    )


def _tell_jobs(figures: JobFigures | None) -> Collector:
    return JobMetrics(figures, tuple(KINDS))


def _tell_redis(seen: _Seen | None) -> Collector:
    attendance, of_catalog = (None, ()) if seen is None else seen
    return _Told((*AttendanceMetrics(attendance).collect(), *of_catalog))
