"""What the index is asked, and what it answers."""

from dataclasses import dataclass

from data_bank_api.catalog.impact import Level
from data_bank_client.wire.catalog import DatasetSort


@dataclass(frozen=True, slots=True)
class Question:
    """Datasets of one of these impacts (of any, where there are none) that have all these tags,
    in upper or lower case.

    With a `text` those that it matches (`query.py`); one whose id it is comes first. Otherwise by
    `sort`, equal ones in an order of their own, which stays.
    """

    text: str | None = None
    impacts: tuple[Level, ...] = ()
    tags: tuple[str, ...] = ()
    sort: DatasetSort = "downloads"
    is_descending: bool = True
    offset: int = 0
    limit: int = 10

    @property
    def is_plain(self) -> bool:
        """Whether it asks for all there is: that needs no index."""
        return self.text is None and not self.impacts and not self.tags


@dataclass(frozen=True, slots=True)
class Found:
    """How many there are in all, and the ids of those asked for."""

    total: int
    ids: tuple[str, ...]
