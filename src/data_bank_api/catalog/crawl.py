"""The pages of the Hub's listing, one after the other, with patience.

A page that does not come, or is not as it should be, is asked for again; where the Hub asks for a
pause, it is made. What lasts longer than this patience is the job's error, which is tried again
later and goes on where this one ended.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from data_bank_api.catalog.listing_source import ListingPage, ListingSource
from data_bank_api.catalog.telling import Telling
from data_bank_client.errors import DataBankClientError, ExternalServiceError, RateLimitError

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class CrawlPatience:
    """Seconds. `pauses`: before the second try of a page, the third, ...; then the error is told.

    `longest_asked`: who asks for a longer pause is not waited for. The Hub's window has 300.
    `most_pages`: a listing of more has no end. The Hub's has fewer than two thousand.
    """

    pauses: tuple[float, ...] = (1.0, 4.0, 15.0, 60.0)
    longest_asked: float = 330.0
    most_pages: int = 20_000
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Crawl:
    source: ListingSource
    work: Telling
    patience: CrawlPatience

    def page(self, address: str | None, *, newest_first: bool) -> ListingPage:
        """Raises what the source raises, in the end."""
        for pause in self.patience.pauses:
            try:
                return self.source.page(address, newest_first=newest_first)
            except (ExternalServiceError, RateLimitError) as error:
                self._rest(error, pause)
        return self.source.page(address, newest_first=newest_first)

    def _rest(self, error: DataBankClientError, pause: float) -> None:
        asked = error.retry_after or 0.0
        if asked > self.patience.longest_asked:
            raise error
        pause = max(asked, pause)
        log.warning("a page of the Hub's listing is asked for again", reason=error.message)
        self.work.progress(0, f"{error.message}: asked again in {pause:.0f} seconds")
        self.patience.sleep(pause)
