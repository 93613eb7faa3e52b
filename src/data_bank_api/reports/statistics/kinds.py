"""What the values are, where they are not all of one kind, or numbers that are none."""

from collections.abc import Mapping
from dataclasses import dataclass

from data_bank_api.reports.kind import MISSING, Kind
from data_bank_api.reports.values import Values


@dataclass(frozen=True, slots=True)
class KindCounts:
    """How many of the values that are there are of each kind: `integer`, `text`, ..."""

    def of(self, values: Values) -> Mapping[str, int] | None:
        there = {
            kind.name.lower(): count
            for kind, count in sorted(values.kinds.items())
            if kind not in MISSING
        }
        return there if len(there) > 1 or values.kinds.get(Kind.SPECIAL) else None
