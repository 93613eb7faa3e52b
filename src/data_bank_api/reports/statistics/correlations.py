"""Which columns of numbers go together."""

import math
from dataclasses import dataclass
from itertools import combinations

from data_bank_api.reports.engine import Engine
from data_bank_api.reports.numbers import number_in_cell
from data_bank_api.reports.statistics.statistic import Traits
from data_bank_api.reports.table import Table

_MOST = 30


@dataclass(frozen=True, slots=True)
class Pair:
    """Pearson's, from -1 to 1, of the rows where both are there; None where one does not vary."""

    first: str
    second: str
    correlation: float | None


@dataclass(frozen=True, slots=True)
class CorrelatedPairs:
    """`left_out`: so many columns of numbers came after the thirty that were looked at."""

    pairs: tuple[Pair, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Correlations:
    """Of doubles, and so approximate: to some twelve digits."""

    def of(self, engine: Engine, table: Table, traits: Traits) -> CorrelatedPairs | None:
        del table
        some = traits.numeric[:_MOST]
        if len(some) < 2:
            return None
        numbers = ", ".join(
            f"{number_in_cell('DOUBLE', column.form.text(column.key))} AS {column.key}"
            for column in some
        )
        pairs = list(combinations(some, 2))
        asked = ", ".join(f"corr({one.key}, {other.key})" for one, other in pairs)
        found = engine.row(
            f"SELECT {asked} FROM (SELECT {numbers} FROM cells)", tuple[float | None, ...]
        )
        return CorrelatedPairs(
            tuple(
                Pair(one.name, other.name, _finite(value))
                for (one, other), value in zip(pairs, found, strict=True)
            ),
            len(traits.numeric) - len(some),
        )


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
