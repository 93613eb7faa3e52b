"""The incremental refresh: what the Hub changed since the last one, written to what is read.

The listing comes newest change first, so it is read until a page has what is older than the last
update; a little older, since clocks differ and the Hub's listing may lag. Cut off, it is done anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import redis

from data_bank_api.catalog.changes import Changes
from data_bank_api.catalog.crawl import Crawl, CrawlPatience
from data_bank_api.catalog.document import Document
from data_bank_api.catalog.keys import INCREMENT_LEASE
from data_bank_api.catalog.lease import Lease
from data_bank_api.catalog.listing_source import ListingPage, ListingSource
from data_bank_api.catalog.reader import RedisCatalog
from data_bank_api.catalog.refresh import Refreshed
from data_bank_api.catalog.telling import Telling
from data_bank_api.queue.clock import Clock, utc_now
from data_bank_client.errors import ConflictError, ExternalServiceError

OVERLAP = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Increment:
    """`holder` is the job: its runs take over from each other."""

    client: redis.Redis
    source: ListingSource
    work: Telling
    holder: str
    clock: Clock = utc_now
    patience: CrawlPatience = field(default_factory=CrawlPatience)

    def run(self) -> Refreshed:
        """Raises as a full refresh; ConflictError where there is no catalog to bring up to date."""
        with Lease(self.client, INCREMENT_LEASE, self.holder).held() as held:
            begun_at, status = self.clock(), RedisCatalog(self.client).status()
            if status.generation is None or status.last_update is None:
                raise ConflictError("the catalog is empty: it needs a full refresh first")
            changes = Changes(self.client, held, status.generation)
            taken = self._take(changes, status.last_update - OVERLAP)
            changes.note_update(begun_at)
            total = RedisCatalog(self.client).status().total_items
            return replace(taken, total=total)

    def _take(self, changes: Changes, since: datetime) -> Refreshed:
        taken, skipped = 0, 0
        pages = _Pages(Crawl(self.source, self.work, self.patience))
        for page in pages.until(since):
            taken += changes.take([each for each in page.documents if _is_new(each, since)])
            skipped += page.skipped
            self.work.progress(50, f"{taken} datasets changed, in {pages.count} pages")
        return Refreshed(False, 0, taken, pages.count, skipped)


class _Pages:
    """`count` of them were asked for."""

    def __init__(self, crawl: Crawl) -> None:
        self._crawl = crawl
        self._seen = set[str]()
        self.count = 0

    def until(self, since: datetime) -> Iterator[ListingPage]:
        """The last one has what was changed before."""
        address: str | None = None
        while True:
            page = self._crawl.page(address, newest_first=True)
            self.count += 1
            yield page
            address = page.next_address
            if address is None or not all(_is_new(each, since) for each in page.documents):
                return
            if address in self._seen:
                raise ExternalServiceError("the Hub's pages lead back to one that was read")
            if self.count >= self._crawl.patience.most_pages:
                raise ExternalServiceError("the Hub's listing has no end")
            self._seen.add(address)


def _is_new(document: Document, since: datetime) -> bool:
    return document.last_modified is None or document.last_modified >= since
