"""The mean of numbers."""

from dataclasses import dataclass

from data_bank_api.reports.numbers import Numbers
from data_bank_api.reports.report import Told
from data_bank_api.reports.values import Values


@dataclass(frozen=True, slots=True)
class Average:
    """Of integers exact and rounded once; of decimals their exact sum, rounded as by `math.fsum`,
    over their count."""

    def of(self, values: Values) -> Told | None:
        return None if values.numbers is None else _mean(values.numbers)


def _mean(numbers: Numbers) -> Told | None:
    if numbers.are_integers:
        return numbers.told(numbers.mean)
    try:
        return float(numbers.total) / numbers.count
    except OverflowError:
        return numbers.told(numbers.mean)
