"""Which columns of numbers go together."""

from rich.text import Text

from data_bank_client.cli.reports.lines import Lines, joined, short_name, title
from data_bank_client.cli.reports.marks import bar
from data_bank_client.wire.reports import Report

MOST = 10
_WORTH_TELLING = 0.5
_BAR = 10
_NAME = 24


def correlations(report: Report, of: str | None = None) -> Lines:
    """The closest pairs first, all or those of one column; nothing where none of them is close."""
    found = report["table"].get("correlations")
    pairs = [
        (each["first"], each["second"], each["correlation"])
        for each in (found["pairs"] if found else ())
        if each["correlation"] is not None and abs(each["correlation"]) >= _WORTH_TELLING
        if of is None or of in {each["first"], each["second"]}
    ]
    if not pairs:
        return []
    closest = sorted(pairs, key=lambda pair: -abs(pair[2]))[:MOST]
    lines = [_line(*pair) for pair in closest]
    more = [joined(f"  and {len(pairs) - MOST:,} more")] if len(pairs) > MOST else []
    return [*title("Columns that go together"), *lines, *more]


def _line(first: str, second: str, value: float) -> Text:
    names = f"{short_name(first, _NAME)}, {short_name(second, _NAME)}"
    return joined(f"  {value:6.3f}  {bar(abs(value), _BAR):<{_BAR}}  {names}")
