"""The full refresh: all that the Hub lists, crawled into a new generation, which then is read.

    crawl ──► replay ──► seal, compared ──► index ──► flip ──► what is not read any more is removed

Nobody sees any of it before the flip. Cut off anywhere, the next one goes on at the last
checkpoint, if that is younger than a day; where it fails for good, its own keys are removed, and
the catalog that is read stays as it is.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import redis
import structlog

from data_bank_api.catalog.checkpoint import Checkpoint
from data_bank_api.catalog.crawl import Crawl, CrawlPatience
from data_bank_api.catalog.generation import Generation, find_building
from data_bank_api.catalog.keys import FULL_LEASE
from data_bank_api.catalog.lease import Held, Lease
from data_bank_api.catalog.listing_source import ListingSource
from data_bank_api.catalog.reader import RedisCatalog
from data_bank_api.catalog.removal import remove_retired
from data_bank_api.catalog.replay import replay
from data_bank_api.catalog.seal import seal
from data_bank_api.catalog.store import IndexBuilder
from data_bank_api.catalog.telling import USUAL, Steps, Telling
from data_bank_api.catalog.updates import UpdateStream
from data_bank_api.queue.clock import Clock, utc_now
from data_bank_client.errors import (
    ConflictError,
    DataBankClientError,
    ExternalServiceError,
    ServiceUnavailableError,
)

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

GOOD_FOR = timedelta(days=1)  # a checkpoint: the Hub's cursors do not last for ever
MOST_TRIES = 5
LEAST_SHARE = 0.8  # of the datasets that the last catalog has


class CrawlEndedError(ExternalServiceError):
    """The crawl cannot be gone on with: it is begun anew."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """`changed`: so many were written of those that came in `pages`."""

    is_full: bool
    total: int
    changed: int
    pages: int
    skipped: int


@dataclass(frozen=True, slots=True)
class FullRefresh:
    """`holder` is the job: its runs take over from each other."""

    client: redis.Redis
    source: ListingSource
    index: IndexBuilder
    work: Telling
    holder: str
    clock: Clock = utc_now
    patience: CrawlPatience = field(default_factory=CrawlPatience)

    def run(self, *, force: bool = False) -> Refreshed:
        """With `force` a catalog of far fewer datasets than the last one is taken for true.

        Raises ServiceUnavailableError where Redis is away, or another full refresh is under way;
        what the listing raises; ConflictError for far fewer datasets.
        """
        with Lease(self.client, FULL_LEASE, self.holder).held() as held:
            generation, checkpoint = self._begin(held)
            try:
                return self._fill(generation, checkpoint, force=force)
            except DataBankClientError as error:
                if _is_the_end(error):
                    with suppress(ServiceUnavailableError):  # then the next one does it
                        generation.abandon()
                raise

    def _begin(self, held: Held) -> tuple[Generation, Checkpoint]:
        now, found = self.clock(), find_building(self.client)
        if found is not None and _is_good(found[1], now - GOOD_FOR):
            name, last = found
            generation, checkpoint = Generation(self.client, held, name), last.tried_again()
            generation.take_up(checkpoint)
            log.info("a crawl of the Hub goes on", pages=checkpoint.pages)
            return generation, checkpoint
        generation = Generation(self.client, held)
        checkpoint = Checkpoint(now, UpdateStream(self.client).end(), now)
        generation.begin(checkpoint)
        remove_retired(self.client)
        return generation, checkpoint

    def _fill(self, generation: Generation, checkpoint: Checkpoint, *, force: bool) -> Refreshed:
        catalog, stream = RedisCatalog(self.client), UpdateStream(self.client)
        last = catalog.status().total_items
        steps = Steps(self.work, last or USUAL)
        checkpoint = self._crawl(generation, checkpoint, steps)
        replayed = replay(generation, stream, checkpoint.updates_from)
        generation.note_updates_from(replayed)
        total = generation.total()
        _compare(total, 0 if force else last)
        seal(generation, catalog, lambda count: steps.sealed(count, total))
        self.index.build(generation.name, steps.indexed(catalog.scan(generation.name), total))
        while not generation.flip(replayed):
            replayed = replay(generation, stream, replayed)
        steps.flipped(total)
        remove_retired(self.client)
        return Refreshed(True, total, total, checkpoint.pages, checkpoint.skipped)

    def _crawl(self, generation: Generation, checkpoint: Checkpoint, steps: Steps) -> Checkpoint:
        crawl = Crawl(self.source, self.work, self.patience)
        while not checkpoint.is_crawled:
            if checkpoint.pages >= self.patience.most_pages:
                raise CrawlEndedError("the Hub's listing has no end")
            page = crawl.page(checkpoint.address, newest_first=False)
            generation.add(page.documents)
            checkpoint = checkpoint.after(page, self.clock())
            if not generation.move_on(checkpoint):
                raise CrawlEndedError("the Hub's pages lead back to one that was read")
            steps.crawled(generation.total(), checkpoint.pages)
        return checkpoint


def _is_the_end(error: DataBankClientError) -> bool:
    """Whether what was crawled is of no more use: a Redis without memory has none for the queue."""
    is_full = isinstance(error.__cause__, redis.exceptions.OutOfMemoryError)
    return is_full or not error.is_temporary or isinstance(error, CrawlEndedError)


def _is_good(checkpoint: Checkpoint, since: datetime) -> bool:
    """Whether it is worth going on there."""
    return checkpoint.written_at > since and checkpoint.tries < MOST_TRIES


def _compare(total: int, last: int) -> None:
    if total < LEAST_SHARE * last:
        raise ConflictError(
            f"the Hub lists {total} datasets, the catalog has {last}: nothing was changed. "
            "With `force` it is taken for true"
        )
