"""What the list of the catalog was asked, and the addresses of lists beside it.

    /ui/catalog?search=robot&impact=high&impact=medium&tag=language:en&sort_by=likes&offset=25

The parameters are those of `GET /api/datasets`; what a form leaves empty says nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from data_bank_api.api.routes.catalog_question import read_dataset_question
from data_bank_api.catalog.index.question import Question

PATH = "/ui/catalog"
ROWS = 25

_ORDERS = {True: "desc", False: "asc"}


@dataclass(frozen=True, slots=True)
class CatalogQuestion:
    asked: Question

    @classmethod
    def read(cls, query: QueryParams) -> "CatalogQuestion":
        """Raises InvalidInputError, which names the parameter."""
        said = query.multi_items()
        given = [(name, text) for name, text in said if name not in ("impact", "limit")]
        impacts = ",".join(text for name, text in said if name == "impact")
        chosen = [("impact", impacts)] if impacts else []
        return cls(read_dataset_question(QueryParams([*given, *chosen, ("limit", str(ROWS))])))

    @property
    def order(self) -> str:
        return _ORDERS[self.asked.is_descending]

    def at(self, offset: int) -> str:
        return _address(self._said(self.asked.tags), offset)

    def without_tag(self, tag: str) -> str:
        """The first page of those that may lack this tag."""
        return _address(self._said([each for each in self.asked.tags if each != tag]), 0)

    @property
    def before(self) -> str | None:
        """The page before; None at the beginning."""
        offset = self.asked.offset
        return self.at(max(0, offset - ROWS)) if offset else None

    def after(self, total: int) -> str | None:
        """The page after; None at the end of so many."""
        offset = self.asked.offset + ROWS
        return self.at(offset) if offset < total else None

    def _said(self, tags: Sequence[str]) -> list[tuple[str, str]]:
        asked, usual = self.asked, Question()
        said = [("search", asked.text or "")]
        said += [("impact", each) for each in asked.impacts]
        said += [("tag", each) for each in tags]
        said += [("sort_by", asked.sort)] if asked.sort != usual.sort else []
        said += [("sort_order", self.order)] if not asked.is_descending else []
        return [(name, text) for name, text in said if text]


def _address(said: list[tuple[str, str]], offset: int) -> str:
    query = urlencode([*said, ("offset", str(offset))] if offset else said)
    return f"{PATH}?{query}" if query else PATH
