"""Rows that are there more than once."""

from dataclasses import dataclass

from data_bank_api.reports.engine import Engine
from data_bank_api.reports.report import share
from data_bank_api.reports.statistics.statistic import Traits
from data_bank_api.reports.table import Table


@dataclass(frozen=True, slots=True)
class DuplicateRows:
    """Rows minus distinct rows."""

    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Rows with a hash of their own have no equal; only the others are compared, and exactly."""

    def of(self, engine: Engine, table: Table, traits: Traits) -> DuplicateRows:
        del traits
        cells = ", ".join(column.key for column in table.columns)
        shared = f"SELECT hash({cells}) AS h FROM cells GROUP BY h HAVING count(*) > 1"
        alike = f"FROM cells WHERE hash({cells}) IN ({shared})"
        (count,) = engine.row(
            f"SELECT (SELECT count(*) {alike})"
            f" - (SELECT count(*) FROM (SELECT DISTINCT {cells} {alike}))",
            tuple[int],
        )
        return DuplicateRows(count, share(count, table.rows))
