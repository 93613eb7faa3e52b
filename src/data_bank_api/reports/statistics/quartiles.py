"""The quartiles by the rule R-7, the default of numpy and of R: between the two numbers nearest."""

from dataclasses import dataclass
from fractions import Fraction

from data_bank_api.reports.numbers import Numbers
from data_bank_api.reports.report import Told, told
from data_bank_api.reports.values import Values

QUARTERS = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))


@dataclass(frozen=True, slots=True)
class QuartileValues:
    q1: Told | None
    median: Told | None
    q3: Told | None


@dataclass(frozen=True, slots=True)
class Quartiles:
    def of(self, values: Values) -> QuartileValues | None:
        if values.numbers is None:
            return None
        return QuartileValues(*(told(quartile) for quartile in quartiles_of(values.numbers)))


def quartiles_of(numbers: Numbers) -> tuple[Fraction, Fraction, Fraction]:
    """Exact."""
    places = [part * (numbers.count - 1) for part in QUARTERS]
    ranks = {int(place) for place in places} | {-int(-place // 1) for place in places}
    found = numbers.at(sorted(ranks))

    def between(place: Fraction) -> Fraction:
        low, high = Fraction(found[place // 1]), Fraction(found[-(-place // 1)])
        return low + (high - low) * (place % 1)

    first, second, third = map(between, places)
    return first, second, third
