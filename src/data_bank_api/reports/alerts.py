"""What a person should look at, the worst first: a rule is one function, and one line in a table.

Rules read what the report already tells, and ask the engine nothing.
"""

from collections.abc import Callable, Iterator

from data_bank_api.reports.report import Alert, ColumnReport, Ragged, Report, Severity
from data_bank_api.reports.statistics.correlations import CorrelatedPairs
from data_bank_api.reports.statistics.distinct import DistinctCount
from data_bank_api.reports.statistics.duplicates import DuplicateRows
from data_bank_api.reports.statistics.missing import MissingCounts
from data_bank_api.reports.statistics.outliers import OutlierCounts

_WORST_FIRST = ("high", "medium", "low")
_MUCH, _SOME = 0.5, 0.05  # shares of missing values
_CLOSE = 0.95  # a correlation
_MOSTLY = 0.9  # a share of numbers in a text column


def alerts_of(report: Report) -> tuple[Alert, ...]:
    found = [alert for rule in _TABLE_RULES for alert in rule(report)]
    found += [
        alert for column in report.columns for rule in _COLUMN_RULES for alert in rule(column)
    ]
    return tuple(sorted(found, key=lambda alert: _WORST_FIRST.index(alert.severity)))


def _no_rows(report: Report) -> Iterator[Alert]:
    if not report.row_count:
        yield Alert("high", "no_rows", None, "there is a header and no rows")


def _short_rows(report: Report) -> Iterator[Alert]:
    if (short := report.source.short).count:
        told = f"{short.count} rows have fewer cells than the header{_where(short)}"
        yield Alert("high", "short_rows", None, f"{told}: what they lack counts as null")


def _long_rows(report: Report) -> Iterator[Alert]:
    if (long := report.source.long).count:
        told = f"{long.count} rows have more cells than the header{_where(long)}"
        yield Alert("high", "long_rows", None, f"{told}: what is beyond it is left out")


def _where(ragged: Ragged) -> str:
    return f" (the first in line {ragged.lines[0]})"


def _duplicate_rows(report: Report) -> Iterator[Alert]:
    found = report.table.get("duplicates")
    if isinstance(found, DuplicateRows) and found.count:
        message = f"{found.count} rows repeat an earlier one"
        yield Alert("medium", "duplicate_rows", None, message)


def _close_columns(report: Report) -> Iterator[Alert]:
    found = report.table.get("correlations")
    pairs = found.pairs if isinstance(found, CorrelatedPairs) else ()
    for pair in pairs:
        if pair.correlation is not None and abs(pair.correlation) >= _CLOSE:
            message = f"goes together with {pair.second}: correlation {pair.correlation:.3f}"
            yield Alert("low", "correlated", pair.first, message)


def _renamed(column: ColumnReport) -> Iterator[Alert]:
    if not column.written.strip():
        yield Alert("medium", "no_name", column.name, "the column has no name")
    elif column.name != column.written.strip() and column.name.endswith(")"):
        message = "another column has the same name"
        yield Alert("medium", "same_name", column.name, message)


def _missing(column: ColumnReport) -> Iterator[Alert]:
    found = column.statistics.get("missing")
    if column.type == "empty":
        yield Alert("medium", "empty", column.name, "no row has a value")
    elif isinstance(found, MissingCounts) and found.share >= _SOME:
        severity: Severity = "high" if found.share >= _MUCH else "medium"
        message = f"{found.count} values are missing"
        yield Alert(severity, "missing", column.name, message)


def _constant(column: ColumnReport) -> Iterator[Alert]:
    found = column.statistics.get("distinct")
    if isinstance(found, DistinctCount) and found.count == 1 and found.share < 1:
        yield Alert("low", "constant", column.name, "every value is the same")


def _kinds(column: ColumnReport) -> Iterator[Alert]:
    kinds = column.statistics.get("kinds")
    if not isinstance(kinds, dict):
        return
    numbers = kinds.get("integer", 0) + kinds.get("decimal", 0)
    others = sum(kinds.values()) - numbers
    if column.type == "mixed":
        told = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
        yield Alert("high", "mixed", column.name, f"values are of several types: {told}")
    elif column.type == "text" and numbers >= _MOSTLY * (numbers + others):
        message = f"{numbers} values are numbers, and {others} are not"
        yield Alert("high", "almost_numbers", column.name, message)
    elif special := kinds.get("special", 0):
        message = f"{special} values are NaN, infinite or larger than a double holds"
        yield Alert("medium", "not_finite", column.name, message)


def _outliers(column: ColumnReport) -> Iterator[Alert]:
    found = column.statistics.get("outliers")
    if isinstance(found, OutlierCounts) and found.count:
        message = f"{found.count} values are far from the others"
        yield Alert("low", "outliers", column.name, message)


_TABLE_RULES: tuple[Callable[[Report], Iterator[Alert]], ...] = (
    _no_rows,
    _short_rows,
    _long_rows,
    _duplicate_rows,
    _close_columns,
)
_COLUMN_RULES: tuple[Callable[[ColumnReport], Iterator[Alert]], ...] = (
    _kinds,
    _missing,
    _renamed,
    _constant,
    _outliers,
)
