"""One column of a report in detail."""

import msgspec
from rich.cells import cell_len

from data_bank_client.cli.reports.column import column_detail
from data_bank_client.wire.reports import Report, ReportColumn
from tests.data_bank_client.fake_datasets import alert, column, correlated, report

PRICE = column(
    2,
    "price",
    "decimal",
    missing={"count": 26, "null": 4, "empty": 20, "blank": 2, "share": 0.26},
    distinct={"count": 40, "share": 0.54},
    range={"minimum": -1200.5, "maximum": "9" * 30},
    mean=473.4,
    standard_deviation=6305.179457511487,
    quartiles={"q1": 97, "median": 110.875, "q3": 125.48},
    histogram={"edges": [0, 50, 1234567], "counts": [4, 70]},
    outliers={
        "low": 54.8675,
        "high": 167.8475,
        "count": 16,
        "share": 0.216,
        "examples": [{"row": 1082, "value": "9e9"}, {"row": 7, "value": "\x1b[31m"}],
    },
    top_values=[
        {"value": "104.71", "count": 4, "share": 0.054},
        {"value": "9", "count": 2, "share": 0.027},
    ],
)
DETAIL = """\
price
column 2 of 2, decimal
values      74 of 100 rows
missing     26 (26%): 4 null, 20 empty, 2 blank
where       ▒·
distinct    40 (54% of the values)
minimum     -1200.5
quartile 1  97
median      110.875
quartile 3  125.48
maximum     999999999999999999999999999999
mean        473.4
deviation   about 6305.1794575

Spread, each line from its number up to the next
           0  █▊                              4
          50  ██████████████████████████████  70

Far from the others: 16 (22%) below 54.8675 or above 167.8475
  row 1,082  9e9
  row 7      \\x1b[31m

Most often
  104.71  ▉                  5%  4
  9       ▌                  3%  2

Columns that go together
   0.600  ██████      a, price

First values (∅: null)
  1 │ ∅ │ \\x1b[2J

Alerts: 1 low
  low     values far from the others: 16
"""


def told(made: Report, one: ReportColumn) -> str:
    return "".join(f"{line.plain}\n" for line in column_detail(made, one, 80))


def test_a_column_of_numbers_is_told_in_all_detail() -> None:
    made = report(
        column(1, "a"),
        PRICE,
        rows=100,
        table={
            **report()["table"],
            "missing_map": {"starts": [1, 51], "shares": [[1.0, 0.5], [1.0, 0.0]]},
            "correlations": correlated(("a", "price", 0.6), ("a", "b", 0.9)),
        },
        first_rows=[
            {"row": row, "cells": ["x", cell]} for row, cell in enumerate(["1", None, "\x1b[2J"])
        ],
        alerts=[
            alert("high", "a", "of another"),
            alert("low", "price", "values far from the others: 16"),
        ],
    )
    assert told(made, PRICE) == DETAIL


def test_a_column_of_texts_is_told_by_their_kinds_and_lengths() -> None:
    name = "e-mail (2)"
    made = column(
        1,
        name,
        kinds={"text": 1212, "date": 3},
        lengths={"minimum": 3, "maximum": 1200, "mean": 4.5},
        top_values=[{"value": "a", "count": 1, "share": 0.25}],
    )
    made["written"] = "e-mail"
    assert told(report(made), made).splitlines() == [
        name,
        'column 1 of 1, text, in the file "e-mail"',
        "values      4 of 4 rows",
        "distinct    4 (100% of the values)",
        "kinds       1,212 text, 3 date",
        "length      3 to 1,200 characters, 4.5 on average",
    ]


def test_a_column_of_dates_has_ends_and_one_of_few_numbers_no_outliers() -> None:
    day = column(1, "day", "date", range={"minimum": "2024-01-01", "maximum": "2024-12-31"})
    lines = told(report(day), day).splitlines()
    assert lines[-2:] == ["minimum     2024-01-01", "maximum     2024-12-31"]
    none = {"low": 1, "high": 2, "count": 0, "share": 0.0, "examples": []}
    few = column(1, "few", "integer", outliers=none)
    assert "Far" not in told(report(few), few)


def test_no_line_is_wider_than_the_terminal() -> None:
    kinds = dict.fromkeys(("integer", "decimal", "text", "boolean", "date", "nested"), 10**12)
    wide = column(1, "東" * 200, "mixed", kinds=kinds)
    wide["written"] = "東" * 300
    cells = ["x" * 200] * 20
    rows = msgspec.convert([{"row": 1, "cells": [cell]} for cell in cells], list[object])
    lines = told(report(wide, first_rows=rows), wide).splitlines()
    assert max(map(cell_len, lines)) == 80
