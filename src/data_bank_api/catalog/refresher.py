"""Which refresh it is to be: all of the catalog, or what changed."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import redis

from data_bank_api.catalog.crawl import CrawlPatience
from data_bank_api.catalog.increment import Increment
from data_bank_api.catalog.listing_source import ListingSource
from data_bank_api.catalog.reader import RedisCatalog
from data_bank_api.catalog.refresh import FullRefresh, Refreshed
from data_bank_api.catalog.store import IndexBuilder, Status
from data_bank_api.catalog.telling import Telling
from data_bank_api.queue.clock import Clock, utc_now

TOKENLESS = "the catalog is crawled with a token of the Hub: set HF_TOKEN"


@dataclass(frozen=True, slots=True)
class Refresher:
    """`full_days`: a catalog that was crawled longer ago is crawled anew."""

    client: redis.Redis
    source: ListingSource
    index: IndexBuilder
    full_days: int
    clock: Clock = utc_now
    patience: CrawlPatience = field(default_factory=CrawlPatience)

    def refresh(self, work: Telling, holder: str, *, full: bool | None, force: bool) -> Refreshed:
        """`full` None: as the age of the catalog says. `holder` is the job.

        Raises what FullRefresh and Increment raise.
        """
        status = RedisCatalog(self.client).status()
        if full is None:
            full = is_full_due(status, self.clock() - timedelta(days=self.full_days))
        around = (self.clock, self.patience)
        if full:
            refresh = FullRefresh(self.client, self.source, self.index, work, holder, *around)
            return refresh.run(force=force)
        return Increment(self.client, self.source, work, holder, *around).run()


def is_full_due(status: Status, before: datetime) -> bool:
    """Whether the catalog was crawled before that, or never."""
    return status.crawled_at is None or status.crawled_at < before
