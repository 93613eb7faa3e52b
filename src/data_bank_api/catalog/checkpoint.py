"""How far the crawl of a generation is: what a killed one is gone on with."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

import msgspec

from data_bank_api.catalog.listing_source import ListingPage
from data_bank_client.errors import InvalidInputError
from data_bank_client.wire.times import format_time, parse_time


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`address` is the page to ask for next: None for the first one, and after the last.

    `pages` were taken, `skipped` entries of theirs could not be read. `begun_at`: what the Hub
    changed before is in what was crawled. `updates_from` is a place in the stream of updates.
    `tries`: how often the crawl was taken up again without a page since.
    """

    begun_at: datetime
    updates_from: str
    written_at: datetime
    address: str | None = None
    pages: int = 0
    skipped: int = 0
    is_crawled: bool = False
    tries: int = 0

    def after(self, page: ListingPage, now: datetime) -> Self:
        """As it is when that page was taken."""
        return replace(
            self,
            written_at=now,
            address=page.next_address,
            pages=self.pages + 1,
            skipped=self.skipped + page.skipped,
            is_crawled=page.next_address is None,
            tries=0,
        )

    def tried_again(self) -> Self:
        return replace(self, tries=self.tries + 1)

    def fields(self) -> dict[str, str]:
        """As a hash of Redis."""
        return {
            "begun_at": format_time(self.begun_at),
            "updates_from": self.updates_from,
            "written_at": format_time(self.written_at),
            "address": self.address or "",
            "pages": str(self.pages),
            "skipped": str(self.skipped),
            "is_crawled": str(int(self.is_crawled)),
            "tries": str(self.tries),
        }

    @classmethod
    def read(cls, fields: object) -> Self | None:
        """None where there is none that can be read: another version may have written it."""
        found = msgspec.convert(fields, dict[bytes, bytes])
        try:
            return cls._of({name.decode(): value.decode() for name, value in found.items()})
        except (KeyError, ValueError, InvalidInputError):
            return None

    @classmethod
    def _of(cls, text: Mapping[str, str]) -> Self:
        return cls(
            begun_at=parse_time(text["begun_at"]),
            updates_from=text["updates_from"],
            written_at=parse_time(text["written_at"]),
            address=text["address"] or None,
            pages=int(text["pages"]),
            skipped=int(text["skipped"]),
            is_crawled=text["is_crawled"] == "1",
            tries=int(text["tries"]),
        )
