"""What stands where, of numbers in their order: the ends, and the quartiles by the rule R-7.

R-7 is the default of numpy and of R: a quartile lies between the two numbers nearest to its place,
as far from them as the place is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from data_bank_api.reports.engine import Engine
from data_bank_api.reports.number import Number

_PARTS = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))


@dataclass(frozen=True, slots=True)
class Ranks:
    """All exact."""

    least: Number
    largest: Number
    quartiles: tuple[Fraction, Fraction, Fraction]


def ranks_of(engine: Engine, count: int) -> Ranks:
    """Of `numbers` (numbers.py), which are so many."""
    places = [part * (count - 1) for part in _PARTS]
    wanted = {0, count - 1} | {_below(place) for place in places} | {_above(p) for p in places}
    found = _at(engine, sorted(wanted))
    first, second, third = (_between(found, place) for place in places)
    return Ranks(found[0], found[count - 1], (first, second, third))


def _between(found: Mapping[int, Number], place: Fraction) -> Fraction:
    low, high = Fraction(found[_below(place)]), Fraction(found[_above(place)])
    return low + (high - low) * (place % 1)


def _below(place: Fraction) -> int:
    return place // 1


def _above(place: Fraction) -> int:
    return -(-place // 1)


def _at(engine: Engine, ranks: list[int]) -> dict[int, Number]:
    """The numbers at these places, from 0."""
    wanted = " OR ".join(f"(c - n <= {rank} AND {rank} < c)" for rank in ranks)
    # Nothing is sorted here: the table lies in its order.
    rows = engine.rows(
        "SELECT e, CAST(c - n AS BIGINT), CAST(c AS BIGINT) FROM"
        " (SELECT e, n, sum(n) OVER (ROWS UNBOUNDED PRECEDING) AS c FROM numbers)"
        f" WHERE {wanted}",
        tuple[Number | str, int, int],
    )
    return {
        rank: int(e) if isinstance(e, str) else e
        for rank in ranks
        for e, start, stop in rows
        if start <= rank < stop
    }
