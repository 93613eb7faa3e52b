"""A page of what matches a query, wherever it lies.

What lies near is had by one question, sorted by text (`schema.py`). What is deep is sorted by
number, from the nearer end; what has the first number of the page or the last is then sorted by
tie, since others with these numbers may lie beside the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import tantivy
from tantivy import Order, Query, Searcher

from data_bank_api.catalog.index.engine import count_of
from data_bank_api.catalog.index.query import all_of, having
from data_bank_api.catalog.index.question import Found
from data_bank_api.catalog.index.schema import HIGHEST, id_in, text_of
from data_bank_client.wire.catalog import DatasetSort

NEAR = 200


@dataclass(frozen=True, slots=True)
class _Hit:
    number: int
    address: tantivy.DocAddress


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of what matches a query. The memory for one grows with its distance to an end."""

    searcher: Searcher
    query: Query
    sort: DatasetSort
    is_descending: bool
    near: int = NEAR

    def page(self, offset: int, limit: int) -> Found:
        """`limit` is at least 1."""
        if offset + limit <= self.near:
            return self._near(offset, limit)
        total = self.count()
        size = min(limit, total - offset)
        if size <= 0:
            return Found(total, ())
        behind = total - offset - size
        if behind >= offset:
            return Found(total, tuple(self.deep(offset, size)))
        found = self._reversed().deep(behind, size)
        return Found(total, tuple(reversed(found)))

    def count(self) -> int:
        return count_of(self.searcher.search(self.query, 1))

    def _near(self, offset: int, limit: int) -> Found:
        found = self.searcher.search(
            self.query, limit, True, text_of(self.sort), offset, self._order
        )
        return Found(count_of(found), tuple(id_in(str(text)) for text, _ in found.hits))

    def deep(self, offset: int, size: int) -> list[str]:
        """Their ids, where so many are there, by all the means for what is deep."""
        hits = self._hits(self.query, self.sort, offset, size)
        first, last = hits[0].number, hits[-1].number
        ahead = self._narrowed(*self._before(first)).count() if offset else 0
        if first == last:
            return self._tied(first, offset - ahead, size)
        begun = sum(each.number == first for each in hits)
        ended = sum(each.number == last for each in hits)
        return [
            *self._tied(first, offset - ahead, begun),
            *self._whole(hits[begun : size - ended]),
            *self._tied(last, 0, ended),
        ]

    def _whole(self, hits: Sequence[_Hit]) -> list[str]:
        """All that have these numbers, sorted."""
        ties = self.searcher.fast_field_values("tie", [each.address for each in hits])
        both = [(each.number, tie or 0, each.address) for each, tie in zip(hits, ties, strict=True)]
        both.sort(key=lambda each: each[:2], reverse=self.is_descending)
        return self._ids([address for _, _, address in both])

    def _tied(self, number: int, offset: int, size: int) -> list[str]:
        tied = all_of([self.query, having(self.sort, number, number)])
        return self._ids([each.address for each in self._hits(tied, "tie", offset, size)])

    def _hits(self, query: Query, field: str, offset: int, size: int) -> list[_Hit]:
        found = self.searcher.search(query, size, False, field, offset, self._order)
        return [_Hit(int(number), address) for number, address in found.hits]

    def _ids(self, addresses: Sequence[tantivy.DocAddress]) -> list[str]:
        return [str(self.searcher.doc(each).get_first("name")) for each in addresses]

    def _before(self, number: int) -> tuple[int, int]:
        """The numbers that come before this one."""
        return (number + 1, HIGHEST) if self.is_descending else (0, number - 1)

    def _narrowed(self, lowest: int, highest: int) -> "Pages":
        query = all_of([self.query, having(self.sort, lowest, highest)])
        return Pages(self.searcher, query, self.sort, self.is_descending)

    def _reversed(self) -> "Pages":
        return Pages(self.searcher, self.query, self.sort, not self.is_descending, self.near)

    @property
    def _order(self) -> Order:
        return Order.Desc if self.is_descending else Order.Asc
