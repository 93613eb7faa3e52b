"""How far numbers lie from their mean."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from data_bank_api.reports.numbers import Numbers, Store
from data_bank_api.reports.report import Told, told
from data_bank_api.reports.total import times
from data_bank_api.reports.values import Values


@dataclass(frozen=True, slots=True)
class Deviation:
    """The standard deviation of a sample (n - 1), approximate; None of fewer than two numbers."""

    def of(self, values: Values) -> Told | None:
        numbers = values.numbers
        if numbers is None or numbers.count < 2:
            return None
        return told(_DEVIATIONS[numbers.store](numbers))


def _of_integers(numbers: Numbers) -> float:
    # An integer is taken off first, exactly: so large numbers that differ little lose nothing.
    return _root(numbers, f"CAST(CAST(e AS HUGEINT) - {round(numbers.mean)} AS DOUBLE)")


def _of_doubles(numbers: Numbers) -> float:
    # Scaled to below one, so that no square is too large or too small for a double.
    shift = -math.frexp(max(abs(numbers.ranks.least), abs(numbers.ranks.largest)))[1]
    centre = float(numbers.mean * Fraction(2) ** shift)
    root = _root(numbers, f"({times('e', shift)} - {centre:.17e})")
    return math.ldexp(root, -shift)


def _root(numbers: Numbers, distance: str) -> float:
    count = numbers.count
    total, squares = numbers.engine.row(
        f"SELECT fsum(d * n), fsum(d * d * n) FROM (SELECT {distance} AS d, n FROM numbers)",
        tuple[float, float],
    )
    return math.sqrt(max(squares - total * total / count, 0.0) / (count - 1))


def _of_digits(numbers: Numbers) -> float | int:
    centre = round(numbers.mean)
    total = squares = 0
    for digits, count in numbers.engine.each("SELECT e, n FROM numbers", tuple[str, int]):
        distance = int(digits) - centre
        total += distance * count
        squares += distance * distance * count
    variance = (squares - Fraction(total * total, numbers.count)) / (numbers.count - 1)
    # The root of what no double holds is told to the nearest integer below.
    return math.sqrt(variance) if variance < 2**1000 else math.isqrt(int(variance))


_DEVIATIONS: Mapping[Store, Callable[[Numbers], float | int]] = {
    "BIGINT": _of_integers,
    "DOUBLE": _of_doubles,
    "VARCHAR": _of_digits,
}
