"""The values of one column, each distinct one once: all statistics of a column are told of these.

    counts    text VARCHAR, kind UTINYINT, n BIGINT

One aggregation makes it, which spills where it does not fit; what comes after it reads distinct
values alone, be it types, lengths or quartiles.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from data_bank_api.reports.engine import Engine
from data_bank_api.reports.kind import MISSING, Kind, Kinds, count_of, type_of
from data_bank_api.reports.numbers import Numbers, sorted_numbers
from data_bank_api.reports.report import ColumnType
from data_bank_api.reports.table import Column, Table

PRESENT = f"kind > {Kind.BLANK}"  # neither null nor empty nor blank


@dataclass(frozen=True, slots=True)
class Values:
    """`place` is the table's; `numbers` where the column is one of numbers, and has any."""

    engine: Engine
    column: Column
    place: str
    type: ColumnType
    kinds: Kinds
    distinct: int
    numbers: Numbers | None

    @property
    def present(self) -> int:
        return sum(self.kinds.values()) - count_of(self.kinds, MISSING)


@contextmanager
def values_of(engine: Engine, table: Table, column: Column) -> Iterator[Values]:
    """The values while they lie there; one column at a time."""
    form, key = column.form, column.key
    engine.run(
        f"CREATE OR REPLACE TEMP TABLE counts AS SELECT {form.text(key)} AS text,"
        f" {form.kind(key)} AS kind, n FROM (SELECT {key}, count(*) AS n FROM cells GROUP BY {key})"
    )
    told = engine.rows(
        "SELECT kind, CAST(sum(n) AS BIGINT), count(*) FROM counts GROUP BY kind",
        tuple[Kind, int, int],
    )
    kinds = {kind: count for kind, count, _ in told}
    type_ = type_of(kinds, form.mixed)
    distinct = sum(different for kind, _, different in told if kind not in MISSING)
    numbers = sorted_numbers(engine, type_, kinds)
    yield Values(engine, column, table.place, type_, kinds, distinct, numbers)
    engine.run("DROP TABLE IF EXISTS numbers")
    engine.run("DROP TABLE counts")
