"""The numbers of one column, exact and in their order.

    numbers   e  the number itself    n  how often it is there        from the least to the largest

| column | e | |
| --- | --- | --- |
| integers of up to 18 digits | BIGINT | |
| larger integers | VARCHAR | their digits; added up in Python, which knows no largest integer |
| decimals | DOUBLE | the nearest, which is what statistics are told of |
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from data_bank_api.reports.digits import order_of_digits
from data_bank_api.reports.engine import Engine
from data_bank_api.reports.kind import NUMBERS, Kinds, count_of
from data_bank_api.reports.number import Number, as_digits, as_double, is_integer
from data_bank_api.reports.report import ColumnType
from data_bank_api.reports.total import total_of_doubles

Store = Literal["BIGINT", "VARCHAR", "DOUBLE"]
_TOTALS = "SELECT CAST(sum(CAST(e AS HUGEINT) * n) AS VARCHAR) FROM numbers"


@dataclass(frozen=True, slots=True)
class Numbers:
    """`total` is exact: of decimals that of their doubles."""

    engine: Engine
    store: Store
    count: int
    least: Number
    largest: Number
    total: Fraction

    @property
    def are_integers(self) -> bool:
        return self.store != "DOUBLE"

    @property
    def mean(self) -> Fraction:
        return self.total / self.count

    def at(self, ranks: Sequence[int]) -> dict[int, Number]:
        """The numbers that stand at these places of all in their order, from 0."""
        wanted = " OR ".join(f"(c - n <= {rank} AND {rank} < c)" for rank in ranks)
        # Nothing is sorted here: the table lies in its order.
        found = self.engine.rows(
            "SELECT e, CAST(c - n AS BIGINT), CAST(c AS BIGINT) FROM"
            " (SELECT e, n, sum(n) OVER (ROWS UNBOUNDED PRECEDING) AS c FROM numbers)"
            f" WHERE {wanted}",
            tuple[Number | str, int, int],
        )
        return {
            rank: _number(e) for rank in ranks for e, start, stop in found if start <= rank < stop
        }


def sorted_numbers(engine: Engine, column_type: ColumnType, kinds: Kinds) -> Numbers | None:
    """What the column's values are as numbers; None where it is not one of numbers."""
    if column_type not in ("integer", "decimal") or not count_of(kinds, NUMBERS):
        return None
    store = _store_of(engine, column_type)
    engine.run(_MAKE[store])
    count = engine.row("SELECT CAST(coalesce(sum(n), 0) AS BIGINT) FROM numbers", tuple[int])[0]
    if not count:
        return None
    return Numbers(
        engine, store, count, _end(engine, "min"), _end(engine, "max"), _total(engine, store)
    )


def _store_of(engine: Engine, column_type: ColumnType) -> Store:
    if column_type == "decimal":
        return "DOUBLE"
    (digits,) = engine.row(
        f"SELECT max(length({as_digits('text')})) FROM counts WHERE {_IS_NUMBER}", tuple[int]
    )
    return "BIGINT" if digits <= 18 else "VARCHAR"


_IS_NUMBER = "kind IN (3, 4)"
_DIGITS = as_digits("text")


def _make(e: str, order: str, condition: str = "true") -> str:
    return (
        "CREATE OR REPLACE TEMP TABLE numbers AS SELECT e, n FROM"
        f" (SELECT {e} AS e, n FROM counts WHERE {_IS_NUMBER}) WHERE {condition} ORDER BY {order}"
    )


_MAKE: dict[Store, str] = {
    "BIGINT": _make(f"CAST({_DIGITS} AS BIGINT)", "e"),
    "VARCHAR": _make(_DIGITS, order_of_digits("e")),
    "DOUBLE": _make(as_double("text"), "e", "isfinite(e)"),
}


def _end(engine: Engine, which: Literal["min", "max"]) -> Number:
    place = "arg_min" if which == "min" else "arg_max"
    (found,) = engine.row(f"SELECT {place}(e, rowid) FROM numbers", tuple[Number | str])
    return _number(found)


def _number(e: Number | str) -> Number:
    return int(e) if isinstance(e, str) else e


def _total(engine: Engine, store: Store) -> Fraction:
    if store == "DOUBLE":
        return total_of_doubles(engine)
    if store == "BIGINT":
        return Fraction(int(engine.row(_TOTALS, tuple[str])[0]))
    pairs = engine.each("SELECT e, n FROM numbers", tuple[str, int])
    return Fraction(sum(int(digits) * count for digits, count in pairs))


def number_in_cell(store: Store, text: str) -> str:
    """SQL: the number that stands in a text, to compare with others; null where there is none."""
    if store == "BIGINT":
        return f"TRY_CAST(trim({text}, ' \t') AS BIGINT)"
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
