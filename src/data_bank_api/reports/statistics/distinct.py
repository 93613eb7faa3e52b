"""How many different values there are, as they are written, and which are there most often."""

from dataclasses import dataclass

from data_bank_api.reports.report import cut, share
from data_bank_api.reports.values import PRESENT, Values

_MOST = 10


@dataclass(frozen=True, slots=True)
class DistinctCount:
    """`share` of the values that are there: 1 where each is there once."""

    count: int
    share: float


@dataclass(frozen=True, slots=True)
class TopValue:
    value: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Distinct:
    def of(self, values: Values) -> DistinctCount:
        return DistinctCount(values.distinct, share(values.distinct, values.present))


@dataclass(frozen=True, slots=True)
class TopValues:
    """The ten that are there most often; of equals those that come first by their characters."""

    def of(self, values: Values) -> tuple[TopValue, ...]:
        rows = values.engine.rows(
            f"SELECT text, n FROM counts WHERE {PRESENT} ORDER BY n DESC, text LIMIT {_MOST}",
            tuple[str, int],
        )
        return tuple(TopValue(cut(text), n, share(n, values.present)) for text, n in rows)
