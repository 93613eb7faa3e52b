"""What a person should look at, the worst first: a rule is one function, and one line in a table.

Rules read what the report already tells, and ask the engine nothing.
"""

from collections.abc import Callable, Iterator

from data_bank_api.reports.report import Alert, ColumnReport, Ragged, Report, Severity
from data_bank_api.reports.statistics.correlations import CorrelatedPairs
from data_bank_api.reports.statistics.distinct import DistinctCount, TopValue
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
        told = f"rows with fewer cells than the header: {short.count:,}{_where(short)}"
        yield Alert("high", "short_rows", None, f"{told}; what they lack counts as null")


def _long_rows(report: Report) -> Iterator[Alert]:
    if (long := report.source.long).count:
        told = f"rows with more cells than the header: {long.count:,}{_where(long)}"
        yield Alert("high", "long_rows", None, f"{told}; what is beyond it is left out")


def _where(ragged: Ragged) -> str:
    return f" (the first in line {ragged.lines[0]:,})"


def _header(report: Report) -> Iterator[Alert]:
    """One name that its column holds as a value may be chance."""
    own = [each.name for each in report.columns if _holds_its_name(each)]
    if report.source.kind == "csv" and len(own) > 1:
        told = f"columns that often hold their own name as a value: {len(own):,}"
        message = f"{told}; the first line may be a row, or the header is there again"
        yield Alert("high", "header", None, message)


def _holds_its_name(column: ColumnReport) -> bool:
    values = column.statistics.get("top_values")
    name = column.written.strip()
    return isinstance(values, tuple) and any(
        isinstance(each, TopValue) and each.value.strip() == name for each in values
    )


def _duplicate_rows(report: Report) -> Iterator[Alert]:
    found = report.table.get("duplicates")
    if isinstance(found, DuplicateRows) and found.count:
        message = f"rows that repeat an earlier one: {found.count:,}"
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
    if not isinstance(found, MissingCounts) or not found.count:
        return
    if column.type == "empty":
        yield Alert("medium", "empty", column.name, "no row has a value")
    elif found.share >= _SOME:
        severity: Severity = "high" if found.share >= _MUCH else "medium"
        message = f"missing values: {found.count:,}"
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
        told = ", ".join(f"{count:,} {kind}" for kind, count in kinds.items())
        yield Alert("high", "mixed", column.name, f"values are of several types: {told}")
    elif column.type == "text" and numbers >= _MOSTLY * (numbers + others):
        message = f"most values are numbers: {numbers:,}; others: {others:,}"
        yield Alert("high", "almost_numbers", column.name, message)
    elif special := kinds.get("special", 0):
        message = f"values that are NaN, infinite or larger than a double holds: {special:,}"
        yield Alert("medium", "not_finite", column.name, message)


def _outliers(column: ColumnReport) -> Iterator[Alert]:
    found = column.statistics.get("outliers")
    if isinstance(found, OutlierCounts) and found.count:
        message = f"values far from the others: {found.count:,}"
        yield Alert("low", "outliers", column.name, message)


_TABLE_RULES: tuple[Callable[[Report], Iterator[Alert]], ...] = (
    _no_rows,
    _header,
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
