"""What is not there."""

from dataclasses import dataclass

from data_bank_api.reports.kind import MISSING, Kind, count_of
from data_bank_api.reports.report import ColumnReport, share
from data_bank_api.reports.values import Values


@dataclass(frozen=True, slots=True)
class MissingCounts:
    """`null`: no value; `empty`: no characters; `blank`: white space alone; `share` of the rows."""

    count: int
    null: int
    empty: int
    blank: int
    share: float


@dataclass(frozen=True, slots=True)
class Missing:
    def of(self, values: Values) -> MissingCounts:
        kinds = values.kinds
        count = count_of(kinds, MISSING)
        return MissingCounts(
            count,
            null=kinds.get(Kind.NULL, 0),
            empty=kinds.get(Kind.EMPTY, 0),
            blank=kinds.get(Kind.BLANK, 0),
            share=share(count, sum(kinds.values())),
        )


def kinds_missing(column: ColumnReport) -> tuple[Kind, ...]:
    """How values are missing in it; of no kind where none is."""
    found = column.statistics.get("missing")
    counts = () if not isinstance(found, MissingCounts) else (found.null, found.empty, found.blank)
    kinds = (Kind.NULL, Kind.EMPTY, Kind.BLANK)
    return tuple(kind for kind, count in zip(kinds, counts, strict=False) if count)
