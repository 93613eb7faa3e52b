"""The Hub's listing of datasets, page by page, as documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from data_bank_api.catalog.document import Document
from data_bank_api.catalog.listing_entry import read_listing

PAGE = 1000  # the most that the Hub gives at once

_EXPANDED = (
    "author",
    "createdAt",
    "description",
    "disabled",
    "downloads",
    "gated",
    "lastModified",
    "likes",
    "mainSize",
    "private",
    "sha",
    "tags",
    "usedStorage",
)


@dataclass(frozen=True, slots=True)
class ListingPage:
    """`skipped`: entries that could not be read. `next_address`: None for the last page."""

    documents: Sequence[Document]
    next_address: str | None
    skipped: int = 0


class ListingSource(Protocol):
    def page(self, address: str | None, *, newest_first: bool) -> ListingPage:
        """The page at an address that a page had as its next one; None: the first one.

        They come in the order of their creation, which changes nothing that was crawled;
        `newest_first`: those changed last come first.

        Raises ForbiddenError and RateLimitError; ExternalServiceError where the Hub does not
        answer, or not as it should; PayloadTooLargeError for a page of too many bytes.
        """
        ...


class Answer(Protocol):
    @property
    def body(self) -> bytes: ...

    @property
    def next_address(self) -> str | None: ...


class DatasetPages(Protocol):
    """Who asks the Hub, bounded in bytes and time, and judges where it leads."""

    def first(self, query: Sequence[tuple[str, str]]) -> Answer: ...

    def at(self, address: str) -> Answer:
        """Raises ExternalServiceError for an address that is not the Hub's own."""
        ...


@dataclass(frozen=True, slots=True)
class HubListing:
    """ListingSource. Several threads may use it."""

    pages: DatasetPages

    def page(self, address: str | None, *, newest_first: bool) -> ListingPage:
        answer = self._first(newest_first) if address is None else self.pages.at(address)
        documents, skipped = read_listing(answer.body)
        return ListingPage(documents, answer.next_address, skipped)

    def _first(self, newest_first: bool) -> Answer:
        query = [("limit", str(PAGE)), ("sort", "lastModified" if newest_first else "createdAt")]
        return self.pages.first([*query, *(("expand", each) for each in _EXPANDED)])
