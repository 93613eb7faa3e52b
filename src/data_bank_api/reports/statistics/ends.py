"""The least and the largest."""

from dataclasses import dataclass

from data_bank_api.reports.report import Told, told
from data_bank_api.reports.values import PRESENT, Values

_ORDER = {"date": "CAST(text AS DATE)", "datetime": "CAST(text AS TIMESTAMPTZ)"}


@dataclass(frozen=True, slots=True)
class Ends:
    """Exact; of dates as they are written."""

    minimum: Told | None
    maximum: Told | None


@dataclass(frozen=True, slots=True)
class Range:
    """Of numbers, dates and times; a time without an offset counts as UTC."""

    def of(self, values: Values) -> Ends | None:
        if values.numbers is not None:
            return Ends(told(values.numbers.ranks.least), told(values.numbers.ranks.largest))
        if values.type not in _ORDER:
            return None
        order = _ORDER[values.type]
        first, last = values.engine.row(
            f"SELECT arg_min(text, ({order}, text)), arg_max(text, ({order}, text))"
            f" FROM counts WHERE {PRESENT}",
            tuple[str, str],
        )
        return Ends(first, last)
