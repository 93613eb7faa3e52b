"""What upkeep found: how many, and the first of them, as a job's result tells it."""

from collections.abc import Sequence

SHOWN = 100


class Findings:
    """Of one sort."""

    def __init__(self) -> None:
        self.count = 0
        self._first: list[str] = []

    def add(self, ids: Sequence[str]) -> None:
        self.count += len(ids)
        self._first += ids[: SHOWN - len(self._first)]

    def tell(self) -> dict[str, object]:
        """`{"count": 2, "first": ["...", "..."]}`."""
        return {"count": self.count, "first": self._first}
