"""The first rows, as they are: a row a column here, since most files are wider than terminals."""

from data_bank_client.cli.reports.lines import NULL, Lines, joined, left, named, title, widest
from data_bank_client.wire.reports import Report

_NAME = 24
_CELL = (12, 24)
_MOST = 5


def first_rows(report: Report, width: int) -> Lines:
    """As many as there is room for, up to five; nothing where there are none."""
    rows = report["first_rows"]
    if not rows or not report["columns"]:
        return []
    names = widest((each["name"] for each in report["columns"]), _NAME)
    room = width - names - 2
    shown = rows[: min(_MOST, room // (_CELL[0] + 2))]
    cell = min(room // len(shown) - 2, _CELL[1])
    heading = "".join("  " + left(f"row {each['row']}", cell) for each in shown)
    lines = [joined((" " * (names + 2) + heading, "dim"))]
    for place, column in enumerate(report["columns"]):
        cells = "".join(f"  {left(_told(each['cells'][place]), cell)}" for each in shown)
        lines.append(joined("  ", (named(column["name"], names), "bold"), cells))
    return [*title(f"First rows ({NULL}: null)"), *lines]


def _told(cell: str | None) -> str:
    return NULL if cell is None else cell
