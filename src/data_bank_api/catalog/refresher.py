"""Which refresh it is to be: all of the catalog, or what changed.

Where all of it is due by age, what changed comes first.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import redis
import structlog

from data_bank_api.catalog.crawl import CrawlPatience
from data_bank_api.catalog.increment import Increment
from data_bank_api.catalog.listing_source import ListingSource
from data_bank_api.catalog.reader import RedisCatalog
from data_bank_api.catalog.refresh import FullRefresh, Refreshed
from data_bank_api.catalog.store import IndexBuilder, Status
from data_bank_api.catalog.telling import Beforehand, Telling
from data_bank_api.queue.clock import Clock, utc_now
from data_bank_client.errors import DataBankClientError

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

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

        Raises what FullRefresh and Increment raise, of the two that one which was to be.
        """
        status = RedisCatalog(self.client).status()
        is_due = is_full_due(status, self.clock() - timedelta(days=self.full_days))
        if not (is_due if full is None else full):
            return self._increment(work, holder).run()
        if full is None and status.generation is not None:
            self._freshen(work, holder)
        around = (self.clock, self.patience)
        refresh = FullRefresh(self.client, self.source, self.index, work, holder, *around)
        return refresh.run(force=force)

    def _freshen(self, work: Telling, holder: str) -> None:
        """A crawl lasts long and may be refused each time: the catalog does not grow old by it.
        Nor is a crawl hindered by what fails here, which it makes up for."""
        try:
            self._increment(Beforehand(work), holder).run()
        except DataBankClientError as error:
            log.warning("the catalog is crawled without what changed last", reason=error.message)

    def _increment(self, work: Telling, holder: str) -> Increment:
        return Increment(self.client, self.source, work, holder, self.clock, self.patience)


def is_full_due(status: Status, before: datetime) -> bool:
    """Whether the catalog was crawled before that, or never."""
    return status.crawled_at is None or status.crawled_at < before
