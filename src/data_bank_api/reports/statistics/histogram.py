"""How numbers are spread between the least and the largest."""

from dataclasses import dataclass
from fractions import Fraction

from data_bank_api.reports.numbers import Numbers
from data_bank_api.reports.report import Told, told
from data_bank_api.reports.values import Values

_MOST = 20


@dataclass(frozen=True, slots=True)
class Bins:
    """`counts[i]` numbers are at least `edges[i]` and less than `edges[i + 1]`; the last edge is
    in the last bin."""

    edges: tuple[Told | None, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Histogram:
    """Twenty bins of one width, or one for each of up to twenty integers. None of numbers that no
    double holds."""

    def of(self, values: Values) -> Bins | None:
        numbers = values.numbers
        if numbers is None:
            return None
        try:
            edges = [float(edge) for edge in _edges(numbers)]
        except OverflowError:
            return None
        return Bins(tuple(map(told, edges)), _counts(numbers, edges))


def _edges(numbers: Numbers) -> list[Fraction]:
    least, largest = Fraction(numbers.ranks.least), Fraction(numbers.ranks.largest)
    width = largest - least
    if numbers.are_integers and width < _MOST:
        return [least + step for step in range(int(width) + 2)]
    bins = _MOST if width else 1
    return [least + width * step / bins for step in range(bins + 1)]


def _counts(numbers: Numbers, edges: list[float]) -> tuple[int, ...]:
    """A number is in the bin whose number is how many edges between bins it is not below."""
    passed = [f"CAST(x >= {edge:.17e} AS INTEGER)" for edge in edges[1:-1]]
    rows = numbers.engine.rows(
        f"SELECT {' + '.join(['0', *passed])} AS bin, CAST(sum(n) AS BIGINT)"
        " FROM (SELECT CAST(e AS DOUBLE) AS x, n FROM numbers) GROUP BY bin",
        tuple[int, int],
    )
    counts = dict(rows)
    return tuple(counts.get(place, 0) for place in range(len(edges) - 1))
