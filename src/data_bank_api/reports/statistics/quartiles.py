"""The quartiles (ranks.py)."""

from dataclasses import dataclass

from data_bank_api.reports.report import Told
from data_bank_api.reports.values import Values


@dataclass(frozen=True, slots=True)
class QuartileValues:
    q1: Told | None
    median: Told | None
    q3: Told | None


@dataclass(frozen=True, slots=True)
class Quartiles:
    def of(self, values: Values) -> QuartileValues | None:
        numbers = values.numbers
        if numbers is None:
            return None
        return QuartileValues(*map(numbers.told, numbers.ranks.quartiles))
