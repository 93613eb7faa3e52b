"""What upkeep found: how many, and the first of them, as a job's result tells it."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

from data_bank_api.jobs.shop import Shop
from data_bank_api.queue.tally import Heap

SHOWN = 100


def going_through(
    shop: Shop, kind: str, heap: str, *, is_real: bool
) -> AbstractContextManager[Heap]:
    """What is said of the heap is counted, unless all is left as it is."""
    return shop.tally.going_through(kind, heap) if is_real else nullcontext(Heap())


class Findings:
    """Of one sort; `scanned` are those that were looked at for it."""

    def __init__(self) -> None:
        self.count = 0
        self.scanned = 0
        self._first: list[str] = []

    def add(self, ids: Sequence[str], scanned: int | None = None) -> None:
        """What was found among so many; where that is not said, nothing else was there."""
        self.scanned += len(ids) if scanned is None else scanned
        self.count += len(ids)
        self._first += ids[: SHOWN - len(self._first)]

    def tell(self) -> dict[str, object]:
        """`{"count": 2, "first": ["...", "..."]}`."""
        return {"count": self.count, "first": self._first}
