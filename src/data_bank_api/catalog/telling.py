"""How far a full refresh is, told in percent and words.

crawled   0 to 70        of as many as the last catalog had
sealed   70 to 82        of all that were crawled
indexed  82 to 97
flipped        99
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from data_bank_api.catalog.document import Document

USUAL = 1_500_000  # datasets, where there is no last catalog
_BEFOREHAND = 0.01  # of it
_CRAWLED, _SEALED, _INDEXED, _FLIPPED = 70.0, 82.0, 97.0, 99.0


class Telling(Protocol):
    """A job's work."""

    def progress(
        self, percent: float, message: str | None = None, payload: dict[str, object] | None = None
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Beforehand:
    """What is done before a full refresh: it is hardly any of the way."""

    work: Telling

    def progress(
        self, percent: float, message: str | None = None, payload: dict[str, object] | None = None
    ) -> None:
        self.work.progress(percent * _BEFOREHAND, message, payload)


@dataclass(frozen=True, slots=True)
class Steps:
    """`expected`: how many datasets the crawl will find, more or less."""

    work: Telling
    expected: int

    def crawled(self, total: int, pages: int) -> None:
        percent = _CRAWLED * min(total / max(self.expected, 1), 1.0)
        self.work.progress(percent, f"{total} datasets in {pages} pages of the Hub's listing")

    def sealed(self, count: int, total: int) -> None:
        percent = _between(_CRAWLED, _SEALED, count / total)
        self.work.progress(percent, f"{count} of {total} datasets compared and packed")

    def indexed(
        self, batches: Iterator[Sequence[Document]], total: int
    ) -> Iterator[Sequence[Document]]:
        """The same, told as they are taken."""
        count = 0
        for batch in batches:
            yield batch
            count += len(batch)
            percent = _between(_SEALED, _INDEXED, count / total)
            self.work.progress(percent, f"{count} of {total} datasets in the search index")

    def flipped(self, total: int) -> None:
        self.work.progress(_FLIPPED, f"{total} datasets: this is the catalog now")


def _between(first: float, last: float, share: float) -> float:
    return first + (last - first) * share
