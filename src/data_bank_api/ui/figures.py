"""The figures of the overview, each looked up once in a while for all who look.

Where the database or the disk does not tell in time, the figure is missing, and the page says so.
"""

import asyncio
import shutil
import time
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

from prometheus_client.metrics_core import Metric

from data_bank_api.api.lookup import Lookup
from data_bank_api.api.neighbours import Neighbours
from data_bank_api.api.pool import DatabasePool, StoragePool
from data_bank_api.api.routes.health import Readiness
from data_bank_api.api.scrape import Scrape
from data_bank_api.blobs.estimate import Holdings, estimate
from data_bank_api.hub.savings import Savings, find_savings
from data_bank_api.queue.job_counts import count_jobs
from data_bank_api.ui.concerns import Concern, find_concerns
from data_bank_api.wiring import Bank
from data_bank_client.errors import ServiceUnavailableError
from data_bank_client.wire.jobs import JobState

T = TypeVar("T")

_PATIENCE = 3.0  # seconds
_DISK_SECONDS, _FILES_SECONDS, _JOBS_SECONDS, _SAVINGS_SECONDS = 1.0, 10.0, 1.0, 15.0


@dataclass(frozen=True, slots=True)
class Room:
    """Of the disk that the files lie on, in bytes."""

    used: int
    free: int
    total: int


@dataclass(frozen=True, slots=True)
class Health:
    """As `/readyz` tells: why files cannot be stored, and what jobs lack."""

    reason: str | None
    missing: dict[str, str]


class Figures:
    def __init__(self, bank: Bank, pool: StoragePool, database: DatabasePool) -> None:
        self._bank = bank
        self._readiness = Readiness(bank.store, pool)
        self._neighbours = Neighbours(bank.desk, database)
        self._scrape = Scrape(bank, pool, database, _PATIENCE)
        clock = time.monotonic
        self._store = Lookup(self._look_at_store, pool, _DISK_SECONDS, clock)
        self._room = Lookup(self._look_at_disk, pool, _DISK_SECONDS, clock)
        self._holdings = Lookup(lambda: estimate(bank.store), pool, _FILES_SECONDS, clock)
        self._jobs = Lookup(self._count_jobs, database, _JOBS_SECONDS, clock)
        self._savings = Lookup(self._find_savings, database, _SAVINGS_SECONDS, clock)

    @property
    def has_desk(self) -> bool:
        """Whether there can be jobs at all."""
        return self._bank.desk is not None

    async def health(self) -> Health:
        return Health(await self._readiness.reason_against(), await self._neighbours.missing())

    async def room(self) -> Room | None:
        return await _in_time(self._room.ask(_PATIENCE))

    async def holdings(self) -> Holdings | None:
        return await _in_time(self._holdings.ask(_PATIENCE))

    async def jobs(self) -> dict[JobState, int] | None:
        return await _in_time(self._jobs.ask(_PATIENCE))

    async def savings(self) -> Savings | None:
        return await _in_time(self._savings.ask(_PATIENCE))

    async def concerns(self) -> Sequence[Concern]:
        """What needs a look, by the figures that Prometheus reads."""
        told, of_store = await asyncio.gather(
            self._scrape.neighbours(), _in_time(self._store.ask(_PATIENCE))
        )
        of_others = chain.from_iterable(each.collect() for each in told)
        return find_concerns(chain(of_others, of_store or ()), time.time())

    def _look_at_store(self) -> Sequence[Metric]:
        return tuple(self._bank.gauges.collect())

    def _look_at_disk(self) -> Room:
        found = shutil.disk_usage(self._bank.settings.data_root)
        return Room(found.used, found.free, found.used + found.free)

    def _count_jobs(self) -> dict[JobState, int]:
        return count_jobs(self._bank.require_desk().database)

    def _find_savings(self) -> Savings:
        return find_savings(self._bank.require_desk().database)


async def _in_time(asked: Awaitable[T]) -> T | None:
    try:
        return await asked
    except (TimeoutError, OSError, ServiceUnavailableError):
        return None
