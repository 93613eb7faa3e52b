"""The quartiles (ranks.py)."""

from dataclasses import dataclass

from data_bank_api.reports.report import Told, told
from data_bank_api.reports.values import Values


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
        return QuartileValues(*(told(quartile) for quartile in values.numbers.ranks.quartiles))
