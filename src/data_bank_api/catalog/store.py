"""What the catalog is asked for, and what is written to it: the Protocols.

A reader always speaks of the current generation, and of one only: each method is one step in
Redis. Everybody raises ServiceUnavailableError where Redis is away.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from data_bank_api.catalog.document import Document
from data_bank_api.catalog.keys import Sort


@dataclass(frozen=True, slots=True)
class Page:
    """Some datasets, and how many there are in all.

    `items`: each as it is served, with commas between them: what stands in a list of JSON.
    `generation` is None while nothing was crawled: then the catalog warms up.
    """

    generation: str | None
    total: int
    items: bytes


@dataclass(frozen=True, slots=True)
class Status:
    """`last_update`: what the Hub changed before is in it; `crawled_at`: when all of it was asked
    for. Both are None while there is no generation."""

    generation: str | None
    total_items: int
    last_update: datetime | None
    crawled_at: datetime | None
    is_refreshing: bool


@dataclass(frozen=True, slots=True)
class Update:
    """A dataset that was new or changed, and its place in the stream: `1700000000000-0`."""

    position: str
    document: Document


class CatalogReader(Protocol):
    """For those who serve. Several threads may use it."""

    def page(self, sort: Sort, offset: int, limit: int, *, descending: bool) -> Page:
        """By rank, whatever the offset. Equal ones are in the order of their ids, descending ones
        in the reverse of it."""
        ...

    def documents(self, ids: Sequence[str]) -> bytes:
        """As the items of a page, in this order; those that are gone are left out."""
        ...

    def one(self, dataset_id: str) -> bytes | None:
        """As it is served; None where the catalog has none such."""
        ...

    def status(self) -> Status: ...


class CatalogSource(Protocol):
    """For those who make an index of a generation and keep it up to date."""

    def current(self) -> str | None:
        """The generation that is read."""
        ...

    def updates_from(self, generation: str) -> str:
        """Where in the stream to begin for an index that is made of it: `0-0` is its beginning."""
        ...

    def scan(self, generation: str) -> Iterator[Sequence[Document]]:
        """All of it in batches, in the order of the ids.

        What is written meanwhile is in it or in the stream after `updates_from`, asked for first.
        Raises NotFoundError if the generation is removed meanwhile.
        """
        ...

    def updates(self, after: str, limit: int) -> Sequence[Update]:
        """What came after a place in the stream, oldest first.

        Raises ConflictError where that place was dropped from the stream: begin anew by `scan`.
        """
        ...


class IndexBuilder(Protocol):
    """Who makes the search index of a generation before it becomes the current one."""

    def build(self, generation: str, documents: Iterator[Sequence[Document]]) -> None:
        """All of it, in batches. It lies where readers look for it once it is whole.

        An error here ends the refresh.
        """
        ...
