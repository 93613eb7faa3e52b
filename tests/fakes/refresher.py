"""A refresh of the catalog from a listing in memory, which counts what is asked of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import redis

from data_bank_api.catalog.document import Document
from data_bank_api.catalog.listing_source import ListingPage
from data_bank_api.catalog.refresher import Refresher
from data_bank_api.queue.clock import Clock, utc_now


@dataclass
class Listing:
    """One page. `asked`: for the newest first, or for all."""

    documents: Sequence[Document] = (Document("org/name", downloads=5),)
    asked: list[str] = field(default_factory=list)

    def page(self, address: str | None, *, newest_first: bool) -> ListingPage:
        self.asked.append("newest" if newest_first else "all")
        return ListingPage(self.documents, None)


class NoIndex:
    """Takes what it is given."""

    def build(self, generation: str, documents: Iterator[Sequence[Document]]) -> None:
        for _ in documents:
            pass


def refresher_of(
    client: redis.Redis, listing: Listing | None = None, clock: Clock = utc_now
) -> Refresher:
    return Refresher(client, listing or Listing(), NoIndex(), 7, clock)
