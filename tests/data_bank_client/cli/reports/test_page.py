"""A whole report, as it stands on a terminal of 80 columns."""

import pytest
from rich.cells import cell_len

from data_bank_client import NotFoundError
from data_bank_client.cli.reports.page import find_column, report_page
from data_bank_client.wire.reports import Report
from tests.data_bank_client.fake_datasets import (
    alert,
    column,
    correlated,
    dataset,
    lacking,
    report,
)

TITLES = ("Alerts", "Columns", "Missing", "First")
ORDER = column(
    1,
    "order",
    "integer",
    distinct={"count": 1234567, "share": 1.0},
    range={"minimum": 1, "maximum": 1234567},
    mean=617284.0,
    histogram={"edges": [1, 2, 3, 4], "counts": [10, 5, 10]},
)
DAY = column(2, "day", "date", range={"minimum": "2024-01-01T08:00Z", "maximum": "2024-12-31"})
CITY = column(
    3, "city", missing=lacking(2, 0.5), top_values=[{"value": "東京", "count": 2, "share": 0.34}]
)
CODE = column(4, "code", lengths={"minimum": 3, "maximum": 1200, "mean": 4.5})
AMOUNT = column(5, "amount", kinds={"decimal": 1212, "text": 16})
NOTE = column(6, "note", "empty", missing=lacking(4, 1.0), distinct={"count": 0, "share": 0.0})
SOME = column(7, "some", "boolean", missing=lacking(1, 0.06))


COLUMNS = [ORDER, DAY, CITY, CODE, AMOUNT, NOTE, SOME]
BANDS = [[0.0, 0.0, 0.5, 0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.5]]
PAIRS = [("a", "b", -0.7), ("a", "c", None), ("[b]", "c\x1b", 0.9876), ("x", "y", 0.4999)]
CELLS = ["1", "2024-01-01", None, "", "x" * 30, "\x1b[2J", "true"]
DIRTY = report(
    *COLUMNS,
    table={
        "duplicates": {"count": 1, "share": 0.25},
        "missing_map": {"starts": [1, 3], "shares": BANDS},
        "correlations": correlated(*PAIRS),
    },
    first_rows=[{"row": row, "cells": CELLS} for row in range(1, 8)],
    alerts=[
        alert("low", "note", "x"),
        alert("high", "city", "2 values are missing"),
        alert("high", None, "words " * 12),
    ],
)

# With what stands at the ends of lines on a terminal taken off.
PAGE = """\
Sales of 2024
sales.csv, csv in utf-8 with ',' between cells, 2.0 KiB, profiled
2026-11-21T10:00:00Z
4 rows, 7 columns, 25% of the values missing, 1 duplicate row (25%)

Alerts: 2 high, 1 low
  high    city  2 values are missing
  high          words words words words words words words words words words
                words words
  low     note  x

Columns
 # column       type     missing   distinct     min    mean     max spread
 1 order        integer                1.2M       1  617284 1234567 █▄█
 2 day          date                      4 2024-01-01 … 2024-12-31
 3 city         text     ██    50%        4 東京 34%
 4 code         text                      4 3 to 1,200 characters
 5 amount       text                      4 1,212 decimal, 16 text
 6 note         empty    ████ 100%        0
 7 some         boolean  ▎      6%        4

Missing values, each mark 2 rows
  note  100%  ██
  city   50%  ▒·
  some    6%  ·▒

Columns that go together
   0.988  ██████████  [b], c\\x1b
  -0.700  ███████     a, b

First rows (∅: null)
          row 1         row 2         row 3         row 4         row 5
  order   1             1             1             1             1
  day     2024-01-01    2024-01-01    2024-01-01    2024-01-01    2024-01-01
  city    ∅             ∅             ∅             ∅             ∅
  code
  amount  xxxxxxxxxxx…  xxxxxxxxxxx…  xxxxxxxxxxx…  xxxxxxxxxxx…  xxxxxxxxxxx…
  note    \\x1b[2J       \\x1b[2J       \\x1b[2J       \\x1b[2J       \\x1b[2J
  some    true          true          true          true          true
"""


def told(made: Report, name: str = "sales.csv", width: int = 80) -> str:
    return "".join(f"{line.plain}\n" for line in report_page(dataset(name=name), made, width))


def widest(text: str) -> int:
    return max(map(cell_len, text.splitlines()))


def styles(made: Report) -> dict[str, str]:
    """What is painted, and how."""
    lines = report_page(dataset(), made, 80)
    return {line.plain[s.start : s.end].strip(): str(s.style) for line in lines for s in line.spans}


def test_a_report_is_told_at_80_columns_the_worst_first() -> None:
    assert told(DIRTY, "Sales of 2024") == PAGE
    assert told(DIRTY, "Sales of 2024", width=40) == PAGE


def test_a_wider_terminal_shows_more_of_names_cells_and_spreads() -> None:
    name = "a name of forty characters, or of nearly"
    bins = {"edges": list(range(21)), "counts": [1, 0] * 10}
    long = column(1, name, "integer", histogram=bins, range={"minimum": 0, "maximum": 9}, mean=4)
    made = report(long, first_rows=[{"row": 1, "cells": ["x" * 40]}])
    narrow, wide = told(made), told(made, width=120)
    assert name not in narrow
    assert f"{name} integer" in wide
    assert "█ █ █ █ █ █ █ █ █ █" in wide
    assert (f"{'x' * 23}…" in narrow, widest(narrow) <= 80, widest(wide) <= 120) == (True,) * 3


def test_five_rows_are_enough_on_the_widest_terminal() -> None:
    wide = told(DIRTY, width=300)
    assert ("row 5" in wide, "row 6" in wide) == (True, False)


def test_a_clean_report_has_no_more_to_tell() -> None:
    json = {"kind": "json", "encoding": None, "delimiter": None}
    made = report(CODE, rows=1, source={**report()["source"], **json})
    assert told(made).splitlines()[:3] == [
        "sales.csv",
        "json, 2.0 KiB, profiled 2026-11-21T10:00:00Z",
        "1 row, 1 column, none of the values missing",
    ]
    titles = [line for line in told(made).splitlines() if line.startswith(TITLES)]
    assert titles == ["Columns"]


def test_a_report_of_nothing_is_told_too() -> None:
    empty = report(rows=2, first_rows=[{"row": 1, "cells": []}])
    told_of = told(empty).splitlines()
    assert told_of[2:] == ["2 rows, 0 columns, none of the values missing"]
    unprocessed = dataset("failed", name="x\x1b")
    assert report_page(unprocessed, empty, 80)[0].plain == "x\\x1b"
    assert "profiled" not in report_page(unprocessed, empty, 80)[1].plain


def test_of_much_the_worst_is_told_and_how_much_more_there_is() -> None:
    columns = [column(n, f"c{n}", missing=lacking(n, n / 100)) for n in range(1, 31)]
    table = {
        **report(*columns)["table"],
        "missing_map": {"starts": [1], "shares": [[n / 100 for n in range(1, 31)]]},
        "correlations": correlated(*[("a", f"b{n}", 0.6 + n / 100) for n in range(12)]),
    }
    alerts = [alert("low", None, "l"), *[alert("high", None, "h")] * 20]
    lines = told(report(*columns, table=table, alerts=alerts, rows=1)).splitlines()
    more = [lines[place - 1 : place + 1] for place, line in enumerate(lines) if "more" in line]
    assert more == [
        ["  high    h", "  and 1 more"],
        ["  c11   11%  ░", "  and 10 more"],
        ["   0.620  ██████▎     a, b2", "  and 2 more"],
    ]
    assert "Missing values, each mark a row" in lines


def test_what_is_bad_is_painted_so() -> None:
    painted = styles(DIRTY)
    assert painted["high"] == "bold red"
    assert painted["low"] == "cyan"
    assert painted["██    50%"] == "red"
    assert painted["▎      6%"] == "yellow"
    assert painted["note"] == "bold"


def test_a_cell_between_tabs_is_said_so() -> None:
    made = report(CODE, source={**report()["source"], "delimiter": "\t"})
    assert "csv in utf-8 with tabs between cells" in told(made)


def test_a_column_is_found_by_its_name_else_by_its_number() -> None:
    second = column(2, "1")
    made = report(ORDER, second)
    assert find_column(made, "order") == ORDER
    assert find_column(made, "1") == second
    assert find_column(report(ORDER, CITY), "1") == ORDER
    with pytest.raises(NotFoundError, match=r"\Athere is no column ordr: order\?\Z"):
        find_column(made, "ordr")
    with pytest.raises(NotFoundError, match=r"no column zzz; there are order, 1\Z"):
        find_column(made, "zzz")
