"""What jobs work with: each process opens a shop for itself, and closes it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import redis

from data_bank_api.blobs.receive import Receiver
from data_bank_api.blobs.store import BlobStore
from data_bank_api.catalog.refresher import Refresher
from data_bank_api.corpus.address import Web
from data_bank_api.datasets.profiler import Profiler
from data_bank_api.datasets.registry import Datasets
from data_bank_api.db.database import Database
from data_bank_api.hub.mirror import Mirror
from data_bank_api.hub.scan_roots import ScanRoots
from data_bank_api.queue.claims import Claims
from data_bank_api.queue.clock import Clock, utc_now
from data_bank_api.queue.jobs import Jobs
from data_bank_api.queue.outbox import Outbox
from data_bank_api.queue.tally import Tally
from data_bank_api.queue.upkeep import Upkeep


@dataclass(frozen=True, slots=True)
class Shop:
    """The parts. Neither the database nor Redis is connected before it is used."""

    store: BlobStore
    receiver: Receiver
    database: Database
    redis: redis.Redis
    retention_days: int
    mirror: Callable[
        [], AbstractContextManager[Mirror]
    ]  # its connections last as long as it is open
    web: Callable[[], AbstractContextManager[Web]]  # the same of these
    refresher: Callable[[], AbstractContextManager[Refresher]]  # alike, for the catalog
    profiler: Profiler
    sweep: Callable[[], object] = int  # removes what runs that are gone have left half done
    scan_roots: ScanRoots = field(default_factory=ScanRoots)
    clock: Clock = utc_now

    @property
    def datasets(self) -> Datasets:
        return Datasets(self.database, self.clock)

    @property
    def jobs(self) -> Jobs:
        return Jobs(self.database, self.clock)

    @property
    def claims(self) -> Claims:
        return Claims(self.database, self.clock)

    @property
    def upkeep(self) -> Upkeep:
        return Upkeep(self.database, self.clock)

    @property
    def tally(self) -> Tally:
        return Tally(self.database)

    @property
    def outbox(self) -> Outbox:
        return Outbox(self.database, self.clock)

    def close(self) -> None:
        self.redis.close()
        self.database.close()
