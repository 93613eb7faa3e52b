"""One column in detail: what is missing, how its numbers lie, what is there most often."""

from collections.abc import Iterator

from rich.text import Text

from data_bank_client.cli.reports.alerts import alerts
from data_bank_client.cli.reports.correlations import correlations
from data_bank_client.cli.reports.lines import NULL, Lines, cut, joined, left, right, title, widest
from data_bank_client.cli.reports.marks import bar
from data_bank_client.cli.reports.missing_map import bands_of
from data_bank_client.cli.reports.numbers import full_text, lengths_text, number_text, share_text
from data_bank_client.wire.reports import ColumnStatistics, MissingCounts, Report, ReportColumn

_LABEL = 10
_BAR = 30
_VALUE = 30
_EDGE = 10
_DEVIATION = 12  # characters: to so many digits it is right
_Field = tuple[str, str]


def column_detail(report: Report, column: ReportColumn, width: int) -> Lines:
    """All that the report tells of it."""
    told = column["statistics"]
    about = [each for each in report["alerts"] if each["column"] == column["name"]]
    return [
        *_heading(report, column, width),
        *(_field(*each, width) for each in _fields(report, column)),
        *_histogram(told),
        *_outliers(told, width),
        *_top_values(told),
        *correlations(report, column["name"]),
        *_first_values(report, column, width),
        *alerts([{**each, "column": None} for each in about], width),
    ]


def _heading(report: Report, column: ReportColumn, width: int) -> Lines:
    place = f"column {column['position']} of {report['column_count']}, {column['type']}"
    is_renamed = column["written"] != column["name"]
    written = f', in the file "{cut(column["written"], 40)}"' if is_renamed else ""
    return [joined((cut(column["name"], width), "bold")), joined(cut(place + written, width))]


def _field(label: str, text: str, width: int) -> Text:
    return joined((left(label, _LABEL), "dim"), "  ", cut(text, width - _LABEL - 2))


def _fields(report: Report, column: ReportColumn) -> Iterator[_Field]:
    told = column["statistics"]
    distinct, present = told["distinct"], report["row_count"] - told["missing"]["count"]
    yield "values", f"{present:,} of {report['row_count']:,} rows"
    if told["missing"]["count"]:
        yield "missing", _missing(told["missing"])
        yield "where", bands_of(report, column)
    yield "distinct", f"{distinct['count']:,} ({share_text(distinct['share'])} of the values)"
    if "kinds" in told:
        yield "kinds", ", ".join(f"{count:,} {kind}" for kind, count in told["kinds"].items())
    yield from _numbers(told)
    if "lengths" in told:
        mean = told["lengths"]["mean"]
        yield "length", f"{lengths_text(told['lengths'])}, {mean:,.1f} on average"


def _missing(found: MissingCounts) -> str:
    kinds = f"{found['null']:,} null, {found['empty']:,} empty, {found['blank']:,} blank"
    return f"{found['count']:,} ({share_text(found['share'])}): {kinds}"


def _numbers(told: ColumnStatistics) -> Iterator[_Field]:
    quartiles = told.get("quartiles")
    ends = told.get("range")
    if ends is not None:
        yield "minimum", full_text(ends["minimum"])
    if quartiles is not None:
        yield "quartile 1", full_text(quartiles["q1"])
        yield "median", full_text(quartiles["median"])
        yield "quartile 3", full_text(quartiles["q3"])
    if ends is not None:
        yield "maximum", full_text(ends["maximum"])
    if "mean" in told:
        yield "mean", full_text(told["mean"])
    if "standard_deviation" in told:
        yield "deviation", f"about {number_text(told['standard_deviation'], _DEVIATION)}"


def _histogram(told: ColumnStatistics) -> Lines:
    bins = told.get("histogram")
    if bins is None:
        return []
    most = max(bins["counts"])
    edges = [number_text(edge, _EDGE) for edge in bins["edges"]]
    lines = [
        joined(f"{right(edge, _EDGE + 2)}  ", (left(bar(n / most, _BAR), _BAR), "blue"), f"  {n:,}")
        for edge, n in zip(edges, bins["counts"], strict=False)
    ]
    return [*title("Spread, each line from its number up to the next"), *lines]


def _outliers(told: ColumnStatistics, width: int) -> Lines:
    found = told.get("outliers")
    if found is None or not found["count"]:
        return []
    low, high = full_text(found["low"]), full_text(found["high"])
    share = share_text(found["share"])
    what = f"Far from the others: {found['count']:,} ({share}) below {low} or above {high}"
    examples = [(f"row {each['row']:,}", each["value"]) for each in found["examples"]]
    rows = widest((row for row, _ in examples), width)
    lines = [joined(f"  {left(row, rows)}  {cut(value, _VALUE)}") for row, value in examples]
    return [*title(cut(what, width)), *lines]


def _top_values(told: ColumnStatistics) -> Lines:
    values = told["top_values"]
    if not values or values[0]["count"] == 1:
        return []
    widths = widest((each["value"] for each in values), _VALUE)
    lines = [
        joined(
            f"  {left(each['value'], widths)}  ",
            (left(bar(each["share"], _BAR // 2), _BAR // 2), "blue"),
            f"  {right(share_text(each['share']), 4)}  {each['count']:,}",
        )
        for each in values
    ]
    return [*title("Most often"), *lines]


def _first_values(report: Report, column: ReportColumn, width: int) -> Lines:
    place = column["position"] - 1
    cells = [row["cells"][place] for row in report["first_rows"]]
    if not cells:
        return []
    told = " │ ".join(NULL if cell is None else cut(cell, _VALUE) for cell in cells)
    return [*title(f"First values ({NULL}: null)"), joined("  ", cut(told, width - 2))]
