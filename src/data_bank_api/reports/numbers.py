"""The numbers of one column, exact and in their order.

    numbers   e  the number itself    n  how often it is there        from the least to the largest

| column | e | |
| --- | --- | --- |
| integers of up to 64 bits | BIGINT | |
| larger integers | VARCHAR | their digits; added up in Python, which knows no largest integer |
| decimals | DOUBLE | the nearest, which is what statistics are told of |
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from data_bank_api.reports.digits import order_of_digits
from data_bank_api.reports.engine import Engine
from data_bank_api.reports.kind import NUMBERS, Kind, Kinds, count_of
from data_bank_api.reports.number import as_bigint, as_digits, as_double, is_integer
from data_bank_api.reports.ranks import Ranks, ranks_of
from data_bank_api.reports.report import ColumnType, Told, told
from data_bank_api.reports.total import total_of_doubles

Store = Literal["BIGINT", "VARCHAR", "DOUBLE"]
_TOTAL = "SELECT CAST(sum(CAST(e AS HUGEINT) * n) AS VARCHAR) FROM numbers"


@dataclass(frozen=True, slots=True)
class Numbers:
    """`total` is exact: of decimals that of their doubles."""

    engine: Engine
    store: Store
    count: int
    total: Fraction
    ranks: Ranks

    @property
    def are_integers(self) -> bool:
        return self.store != "DOUBLE"

    @property
    def mean(self) -> Fraction:
        return self.total / self.count

    def told(self, value: Fraction) -> Told | None:
        """What was reckoned of them, as a report has it: among decimals a double."""
        return told(value if self.are_integers else double_near(value))


def sorted_numbers(engine: Engine, column_type: ColumnType, kinds: Kinds) -> Numbers | None:
    """What the column's values are as numbers; None where it is not one of numbers."""
    if column_type not in ("integer", "decimal") or not count_of(kinds, NUMBERS):
        return None
    store = _filled(engine, column_type)
    count = engine.row("SELECT CAST(coalesce(sum(n), 0) AS BIGINT) FROM numbers", tuple[int])[0]
    if not count:
        return None
    return Numbers(engine, store, count, _total(engine, store), ranks_of(engine, count))


def _filled(engine: Engine, column_type: ColumnType) -> Store:
    if column_type == "decimal":
        engine.run(_FILL["DOUBLE"])
        return "DOUBLE"
    engine.run(_FILL["BIGINT"])
    (too_large,) = engine.row("SELECT count(*) FROM numbers WHERE e IS NULL", tuple[int])
    if not too_large:
        return "BIGINT"
    engine.run(_FILL["VARCHAR"])
    return "VARCHAR"


def _fill(e: str, order: str, condition: str = "true") -> str:
    return (
        "CREATE OR REPLACE TEMP TABLE numbers AS SELECT e, n FROM"
        f" (SELECT {e} AS e, n FROM counts WHERE kind IN ({Kind.INTEGER}, {Kind.DECIMAL}))"
        f" WHERE {condition} ORDER BY {order}"
    )


_FILL: Mapping[Store, str] = {
    "BIGINT": _fill(as_bigint("text"), "e"),
    "VARCHAR": _fill(as_digits("text"), order_of_digits("e")),
    "DOUBLE": _fill(as_double("text"), "e", "isfinite(e)"),
}


def _total(engine: Engine, store: Store) -> Fraction:
    if store == "DOUBLE":
        return total_of_doubles(engine)
    if store == "BIGINT":
        return Fraction(int(engine.row(_TOTAL, tuple[str])[0]))
    pairs = engine.each("SELECT e, n FROM numbers", tuple[str, int])
    return Fraction(sum(int(digits) * count for digits, count in pairs))


def number_in_cell(store: Store, text: str) -> str:
    """SQL: the number that stands in a text, to compare with others; null where there is none."""
    if store == "BIGINT":
        return as_bigint(text)
    if store == "VARCHAR":
        return f"CASE WHEN {is_integer(text)} THEN {as_digits(text)} END"
    double = as_double(text)
    return f"CASE WHEN isfinite({double}) THEN {double} END"


def double_near(value: Fraction) -> float:
    """The nearest double, be it the largest there is."""
    try:
        return float(value)
    except OverflowError:
        return sys.float_info.max if value > 0 else -sys.float_info.max
