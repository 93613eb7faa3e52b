"""The table of columns: a line each, of what its values are, how they lie, and what is missing.

#  column         type      missing    distinct      min    mean     max  spread
1  order          integer                 1,234        1     617   1,234  ▇▇▇█▇▇▇▇▇▇
2  city           text      █▍    34%        12  Berlin 17%
"""

from dataclasses import dataclass

from rich.text import Text

from data_bank_client.cli.reports.lines import Lines, cut, joined, left, named, right, title, widest
from data_bank_client.cli.reports.marks import bar, sparkline
from data_bank_client.cli.reports.numbers import count_text, lengths_text, number_text, share_text
from data_bank_client.wire.reports import ColumnStatistics, ReportColumn

_NUMBER = 7
_VALUES = 3 * _NUMBER + 2  # cells: three numbers, or what is told instead of them
_BAR, _PERCENT = 4, 5
_TYPE, _DISTINCT = 8, 8
_NAME = (12, 40)  # at least and at most
_SPARK = (8, 20)
_MUCH, _SOME = 0.5, 0.05


@dataclass(frozen=True, slots=True)
class _Widths:
    position: int
    name: int
    spark: int


def column_table(columns: list[ReportColumn], width: int) -> Lines:
    """At `width` cells, 80 or more, each is a line."""
    if not columns:
        return []
    widths = _widths(columns, width)
    return [*title("Columns"), _heading(widths), *(_line(each, widths) for each in columns)]


def _widths(columns: list[ReportColumn], width: int) -> _Widths:
    position = max(2, len(str(len(columns))))
    fixed = position + _TYPE + _BAR + _PERCENT + _DISTINCT + _VALUES + 6
    left_over = width - fixed
    name = max(_NAME[0], widest((each["name"] for each in columns), _NAME[1]))
    name = min(name, left_over - _SPARK[0])
    return _Widths(position, name, min(left_over - name, _SPARK[1]))


def _heading(widths: _Widths) -> Text:
    numbers = " ".join(right(each, _NUMBER) for each in ("min", "mean", "max"))
    cells = [
        right("#", widths.position),
        left("column", widths.name),
        left("type", _TYPE),
        left("missing", _BAR + _PERCENT),
        right("distinct", _DISTINCT),
        numbers,
        left("spread", widths.spark),
    ]
    return joined((" ".join(cells), "dim"))


def _line(column: ReportColumn, widths: _Widths) -> Text:
    told = column["statistics"]
    share = told["missing"]["share"]
    lacking = left(bar(share, _BAR), _BAR) + right(share_text(share) if share else "", _PERCENT)
    bins = told.get("histogram")
    return joined(
        right(str(column["position"]), widths.position),
        " ",
        (named(column["name"], widths.name), "bold"),
        " ",
        left(column["type"], _TYPE),
        " ",
        (lacking, _style(share)),
        " ",
        right(count_text(told["distinct"]["count"]), _DISTINCT),
        " ",
        left(_values(told), _VALUES),
        " ",
        ("" if bins is None else sparkline(bins["counts"], widths.spark), "blue"),
    )


def _style(share: float) -> str:
    return "red" if share >= _MUCH else "yellow" if share >= _SOME else "none"


def _values(told: ColumnStatistics) -> str:
    """Least, mean and largest of numbers; the ends of dates; else what is there most often."""
    ends, mean = told.get("range"), told.get("mean")
    if ends is None:
        return _texts(told)
    if mean is None:
        return f"{_day(ends['minimum'])} … {_day(ends['maximum'])}"
    numbers = (ends["minimum"], mean, ends["maximum"])
    return " ".join(right(number_text(each, _NUMBER), _NUMBER) for each in numbers)


def _day(moment: object) -> str:
    return str(moment)[:10]


def _texts(told: ColumnStatistics) -> str:
    kinds, lengths, top = told.get("kinds"), told.get("lengths"), told["top_values"]
    if kinds is not None:
        return ", ".join(f"{count_text(count)} {kind}" for kind, count in kinds.items())
    if lengths is not None and told["distinct"]["share"] == 1:
        return lengths_text(lengths)
    if not top:
        return ""
    share = share_text(top[0]["share"])
    return f"{cut(top[0]['value'], _VALUES - len(share) - 1)} {share}"
