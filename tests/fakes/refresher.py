"""A refresh of the catalog from a listing in memory, which remembers what is asked of it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import redis

from data_bank_api.catalog.document import Document
from data_bank_api.catalog.listing_source import ListingPage
from data_bank_api.catalog.refresher import Refresher
from data_bank_api.queue.clock import Clock, utc_now


@dataclass
class Listing:
    """Pages of `size`, whose addresses are their numbers. `asked`: newest or all, and the page.

    `meanwhile` is called with the number of a page before it is given. In a circle the last page
    leads to the first.
    """

    documents: Sequence[Document] = (Document("org/name", downloads=5),)
    size: int = 2
    meanwhile: Callable[[int], object] = int
    is_circle: bool = False
    asked: list[tuple[str, int]] = field(default_factory=list)

    def page(self, address: str | None, *, newest_first: bool) -> ListingPage:
        number = int(address or "0")
        self.meanwhile(number)
        self.asked.append(("newest" if newest_first else "all", number))
        end = (number + 1) * self.size
        found = self.documents[number * self.size : end]
        if end >= len(self.documents):
            return ListingPage(found, "0" if self.is_circle else None)
        return ListingPage(found, str(number + 1))


@dataclass
class Index:
    """Takes what it is given: the ids of each generation that was built; then `meanwhile`."""

    meanwhile: Callable[[], object] = int
    built: dict[str, list[str]] = field(default_factory=dict)

    def build(self, generation: str, documents: Iterator[Sequence[Document]]) -> None:
        self.built[generation] = [each.id for batch in documents for each in batch]
        self.meanwhile()


@dataclass
class Told:
    """The work of a job, of which a test sees what was told."""

    percents: list[float] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)

    def progress(
        self, percent: float, message: str | None = None, payload: dict[str, object] | None = None
    ) -> None:
        self.percents.append(percent)
        self.messages.append(message or "")


def refresher_of(
    client: redis.Redis, listing: Listing | None = None, clock: Clock = utc_now
) -> Refresher:
    return Refresher(client, listing or Listing(), Index(), 7, clock)
