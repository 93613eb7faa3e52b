"""Where in the file values are missing: a line each column that lacks some, a shade each band."""

from rich.text import Text

from data_bank_client.cli.reports.lines import Lines, joined, named, right, title, widest
from data_bank_client.cli.reports.marks import shades
from data_bank_client.cli.reports.numbers import share_text
from data_bank_client.wire.reports import Report, ReportColumn

MOST = 20
_NAME = 24
_PERCENT = 4


def missing_map(report: Report) -> Lines:
    """Of the columns that lack most; nothing where no value is missing."""
    lacking = [each for each in report["columns"] if each["statistics"]["missing"]["count"]]
    if not lacking:
        return []
    told = sorted(lacking, key=lambda each: -each["statistics"]["missing"]["count"])[:MOST]
    names = widest((each["name"] for each in told), _NAME)
    lines = [_line(each, report, names) for each in told]
    more = [joined(f"  and {len(lacking) - MOST:,} more")] if len(lacking) > MOST else []
    return [*title(f"Missing values, {_bands(report)}"), *lines, *more]


def _bands(report: Report) -> str:
    starts = report["table"]["missing_map"]["starts"]
    height = starts[1] - starts[0] if len(starts) > 1 else report["row_count"]
    return f"each mark {height:,} rows" if height > 1 else "each mark a row"


def bands_of(report: Report, column: ReportColumn) -> str:
    """Where it lacks values, a shade each band of rows."""
    place = column["position"] - 1
    return shades([band[place] for band in report["table"]["missing_map"]["shares"]])


def _line(column: ReportColumn, report: Report, names: int) -> Text:
    share = right(share_text(column["statistics"]["missing"]["share"]), _PERCENT)
    name = (named(column["name"], names), "bold")
    return joined("  ", name, f"  {share}  {bands_of(report, column)}")
