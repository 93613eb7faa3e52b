"""Numbers far from most others: by more than one and a half times the span of the middle half."""

import math
from dataclasses import dataclass
from fractions import Fraction

from data_bank_api.reports.digits import order_of_digits, order_of_integer
from data_bank_api.reports.numbers import Store, double_near, number_in_cell
from data_bank_api.reports.report import Told, cut, share
from data_bank_api.reports.values import Values

_FEWEST = 4
_REACH = Fraction(3, 2)
_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Example:
    """`value` as it is written; `row` counts from 1, the header is none."""

    row: int
    value: str


@dataclass(frozen=True, slots=True)
class OutlierCounts:
    """Below `low` or above `high`; the examples are the farthest."""

    low: Told | None
    high: Told | None
    count: int
    share: float
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Outliers:
    """Of four numbers or more whose middle half has a span; else None."""

    def of(self, values: Values) -> OutlierCounts | None:
        numbers = values.numbers
        if numbers is None or numbers.count < _FEWEST:
            return None
        first, _, third = numbers.ranks.quartiles
        if first == third:
            return None
        reach = (third - first) * _REACH
        low, high = first - reach, third + reach
        beyond = _beyond(numbers.store, low, high)
        (count,) = numbers.engine.row(
            f"SELECT CAST(coalesce(sum(n), 0) AS BIGINT) FROM numbers WHERE {beyond}", tuple[int]
        )
        examples = _examples(values, numbers.store, beyond, low, high) if count else ()
        return OutlierCounts(
            numbers.told(low), numbers.told(high), count, share(count, numbers.count), examples
        )


def _beyond(store: Store, low: Fraction, high: Fraction) -> str:
    """SQL: whether e is an outlier, to the last bit of it."""
    if store == "DOUBLE":
        lowest, highest = double_near(low), double_near(high)
        # The double next to a fence may lie on either side of it.
        below = "<=" if lowest < low else "<"
        above = ">=" if highest > high else ">"
        return f"(e {below} {lowest:.17e} OR e {above} {highest:.17e})"
    least, largest = math.ceil(low), math.floor(high)
    if store == "BIGINT":
        return f"(e < {least} OR e > {largest})"
    key = order_of_digits("e")
    return f"({key} < {order_of_integer(least)} OR {key} > {order_of_integer(largest)})"


def _examples(
    values: Values, store: Store, beyond: str, low: Fraction, high: Fraction
) -> tuple[Example, ...]:
    text = values.column.form.text(values.column.key)
    x = "CAST(e AS DOUBLE)"
    distance = f"greatest({double_near(low):.17e} - {x}, {x} - {double_near(high):.17e})"
    rows = values.engine.rows(
        f"SELECT place, text FROM (SELECT {values.place} + 1 AS place, {text} AS text,"
        f" {number_in_cell(store, text)} AS e FROM cells)"
        f" WHERE {beyond} ORDER BY {distance} DESC, place LIMIT {_EXAMPLES}",
        tuple[int, str],
    )
    return tuple(Example(place, cut(text)) for place, text in rows)
