"""What was measured: a value for each round, work and contestant, and what follows from them.

Rounds are interleaved, so the n-th values of two contestants were taken one after the
other: a ratio is the median of the rounds' ratios, and noise that hits both leaves it alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median

from benchmarks.works import Work


@dataclass(slots=True)
class Figures:
    """Values by work and contestant, in the order of the rounds. Nothing: it was missing."""

    _values: dict[tuple[str, str], list[float]] = field(default_factory=dict)

    def add(self, work: Work, who: str, value: float) -> None:
        self._values.setdefault((work.title, who), []).append(value)

    def add_round(self, work: Work, values: Mapping[str, float]) -> None:
        for who, value in values.items():
            self.add(work, who, value)

    def of(self, work: Work, who: str) -> tuple[float, ...]:
        return tuple(self._values.get((work.title, who), ()))

    def median(self, work: Work, who: str) -> float | None:
        values = self.of(work, who)
        return median(values) if values else None

    def ratio(self, work: Work, who: str, beside: str) -> float | None:
        """None where one of them is missing."""
        pairs = list(zip(self.of(work, who), self.of(work, beside), strict=False))
        return median(one / other for one, other in pairs) if pairs else None
