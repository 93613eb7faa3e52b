"""Where in the file values are missing."""

from dataclasses import dataclass

from data_bank_api.reports.cell import is_missing
from data_bank_api.reports.engine import Engine
from data_bank_api.reports.kind import Kind
from data_bank_api.reports.report import share
from data_bank_api.reports.statistics.statistic import Traits
from data_bank_api.reports.table import Column, Table

_BANDS = 40
_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class MissingBands:
    """`shares[b][c]`: of the values of column c in band b; band b begins at row `starts[b]`."""

    starts: tuple[int, ...]
    shares: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class MissingMap:
    """The rows in up to forty bands of one height."""

    def of(self, engine: Engine, table: Table, traits: Traits) -> MissingBands:
        height = -(-table.rows // _BANDS) or 1
        starts = range(1, table.rows + 1, height)
        shares = [[0.0] * len(table.columns) for _ in starts]
        for first in range(0, len(traits.lacking), _AT_ONCE):
            some = traits.lacking[first : first + _AT_ONCE]
            for band, *counts in _counts(engine, table, height, some):
                size = min(height, table.rows - band * height)
                for (column, _), count in zip(some, counts, strict=True):
                    shares[band][column.position - 1] = share(count, size)
        return MissingBands(tuple(starts), tuple(map(tuple, shares)))


def _counts(
    engine: Engine, table: Table, height: int, some: tuple[tuple[Column, tuple[Kind, ...]], ...]
) -> list[tuple[int, ...]]:
    counts = ", ".join(
        f"count(*) FILTER (WHERE {is_missing(column.form.text(column.key), kinds)})"
        for column, kinds in some
    )
    return engine.rows(
        f"SELECT {table.place} // {height} AS band, {counts} FROM cells GROUP BY band",
        tuple[int, ...],
    )
