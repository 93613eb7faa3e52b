"""The catalog's reader and its index, which count what they could answer.

hit     a list or a search was answered; a dataset was there
miss    there is no catalog yet, or no index; the catalog has no such dataset
"""

from collections.abc import Sequence
from dataclasses import dataclass

from data_bank_api.catalog.index.question import Found, Question
from data_bank_api.catalog.index.shelf import IndexNotReadyError, Shelf
from data_bank_api.catalog.keys import Sort
from data_bank_api.catalog.store import CatalogReader, Page, Status
from data_bank_api.observability.room_metrics import RoomMetrics


@dataclass(frozen=True, slots=True)
class CountedReader:
    reader: CatalogReader
    metrics: RoomMetrics

    def page(self, sort: Sort, offset: int, limit: int, *, descending: bool) -> Page:
        page = self.reader.page(sort, offset, limit, descending=descending)
        self.metrics.catalog_asked("list", is_hit=page.generation is not None)
        return page

    def documents(self, ids: Sequence[str]) -> bytes:
        return self.reader.documents(ids)

    def one(self, dataset_id: str) -> bytes | None:
        found = self.reader.one(dataset_id)
        self.metrics.catalog_asked("one", is_hit=found is not None)
        return found

    def status(self) -> Status:
        return self.reader.status()


class CountedShelf(Shelf):
    def __init__(self, metrics: RoomMetrics) -> None:
        super().__init__()
        self._metrics = metrics

    def search(self, question: Question) -> Found:
        try:
            found = super().search(question)
        except IndexNotReadyError:
            self._metrics.catalog_asked("search", is_hit=False)
            raise
        self._metrics.catalog_asked("search", is_hit=True)
        return found
