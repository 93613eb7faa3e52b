"""What the tests of the refreshes share: one that asks a stand-in Hub, and what comes of it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import msgspec
import redis

from data_bank_api.catalog.crawl import CrawlPatience
from data_bank_api.catalog.document import Document
from data_bank_api.catalog.increment import Increment
from data_bank_api.catalog.keys import PREFIX
from data_bank_api.catalog.listing_source import HubListing, ListingSource
from data_bank_api.catalog.reader import RedisCatalog
from data_bank_api.catalog.refresh import FullRefresh
from data_bank_api.hub.dataset_pages import DatasetPages
from data_bank_api.hub.endpoint import Endpoint
from data_bank_api.hub.pace import Pace
from data_bank_api.hub.redirects import RedirectPolicy
from data_bank_api.network.judged_connections import JudgedConnections
from data_bank_api.network.outgoing_client import outgoing_client
from tests.fakes.clock import Clock
from tests.fakes.hub.stand_in import StandInHub
from tests.fakes.refresher import Index, Listing, Told


@contextmanager
def listing_of(hub: StandInHub, token: str | None = None) -> Iterator[HubListing]:
    policy = RedirectPolicy(Endpoint.parse(hub.endpoint))
    with outgoing_client(JudgedConnections(policy.may_be_private)) as http:
        yield HubListing(DatasetPages(policy, token or hub.token, http, Pace(sleep=lambda _: None)))


@dataclass
class Desk:
    """Everything that a refresh needs, with a clock that stands and pauses that take no time."""

    client: redis.Redis
    source: ListingSource
    told: Told = field(default_factory=Told)
    index: Index = field(default_factory=Index)
    clock: Clock = field(default_factory=Clock)
    rests: list[float] = field(default_factory=list)

    @property
    def catalog(self) -> RedisCatalog:
        return RedisCatalog(self.client)

    @property
    def patience(self) -> CrawlPatience:
        return CrawlPatience(sleep=self.rests.append)

    def full(self, holder: str = "job") -> FullRefresh:
        return FullRefresh(
            self.client, self.source, self.index, self.told, holder, self.clock, self.patience
        )

    def increment(self, holder: str = "job") -> Increment:
        return Increment(self.client, self.source, self.told, holder, self.clock, self.patience)

    def full_of(
        self, ids: str, *, holder: str = "job", meanwhile: Callable[[int], object] = int
    ) -> None:
        """A full refresh from pages of two, each of a letter; `meanwhile` before each page."""
        listing = Listing([Document(each) for each in ids], meanwhile=meanwhile)
        replace(self.full(holder), source=listing).run()

    def increment_of(self, *documents: Document) -> None:
        replace(self.increment(), source=Listing(documents, size=100)).run()

    def ids(self) -> list[str]:
        """Of the catalog as it is read, in its order."""
        return [each.id for each in self.documents()]

    def documents(self) -> list[Document]:
        items = self.catalog.page("order", 0, 1000, descending=False).items
        return msgspec.json.decode(b"[" + items + b"]", type=list[Document])

    def generations(self) -> set[str]:
        """Of which there is any key in Redis."""
        keys = [key.decode() for key in self.client.scan_iter(f"{PREFIX}*:*")]
        return {key[len(PREFIX) :].partition(":")[0] for key in keys} - {"lease"}


def refreshed(desk: Desk, documents: Sequence[Document]) -> None:
    """The catalog has these."""
    replace(desk.full(), source=Listing(documents, size=1000)).run()
