"""What the head of a report tells of all its columns."""

from collections import Counter
from dataclasses import dataclass

from data_bank_client.wire.reports import Report


@dataclass(frozen=True, slots=True)
class Sums:
    """`missing_share` of all `values`; `types` with how many columns are so, the most first."""

    values: int
    missing: int
    missing_share: float
    types: tuple[tuple[str, int], ...]


def sums_of(report: Report) -> Sums:
    missing = sum(each["statistics"]["missing"]["count"] for each in report["columns"])
    values = report["row_count"] * report["column_count"]
    types = Counter(each["type"] for each in report["columns"])
    return Sums(values, missing, missing / values if values else 0.0, tuple(types.most_common()))
