"""A report: what is in a table, as frozen values that are JSON as they stand.

    Report
    ├── source      what was read, and how
    ├── columns     each with its type, and its statistics by name (statistics/)
    ├── table       what is told of rows or of several columns, by name
    ├── first_rows  the first of them, long cells cut short
    └── alerts      what a person should look at, the worst first

There is no NaN and no Infinity in it, and no number that a reader of JSON could spoil: an integer
beyond 2^53 is told as text in digits. `version` grows when a reader has to know of a change.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import msgspec

VERSION = 1
_SAFE = 1 << 53
_LONGEST = 200  # characters of a cell that are told

ColumnType = Literal[
    "integer", "decimal", "boolean", "date", "datetime", "text", "nested", "mixed", "empty"
]
Severity = Literal["high", "medium", "low"]
Told = int | float | str  # a number in JSON; text where JSON's numbers could spoil it


@dataclass(frozen=True, slots=True)
class Ragged:
    """Rows with fewer or more cells than the header has, and the lines where some of them begin."""

    count: int = 0
    lines: tuple[int, ...] = ()


NONE_RAGGED = Ragged()


@dataclass(frozen=True, slots=True)
class Source:
    """`delimiter`, `short` and `long` are a CSV's: missing cells count as null, cells beyond the
    header are left out."""

    kind: str
    encoding: str | None = None
    delimiter: str | None = None
    short: Ragged = NONE_RAGGED
    long: Ragged = NONE_RAGGED


@dataclass(frozen=True, slots=True)
class ColumnReport:
    """`position` counts from 1. Names are made unique; `written` is what the file has."""

    position: int
    name: str
    written: str
    type: ColumnType
    statistics: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class FirstRow:
    """`row` counts from 1, the header is none of them. A cell that is null is None."""

    row: int
    cells: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Alert:
    """`column` is its name, None where it is about the table."""

    severity: Severity
    code: str
    column: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Report:
    """`approximate` names the statistics that are right to some twelve digits; all others are
    exact."""

    source: Source
    row_count: int
    column_count: int
    columns: tuple[ColumnReport, ...]
    table: Mapping[str, object]
    first_rows: tuple[FirstRow, ...]
    alerts: tuple[Alert, ...]
    approximate: tuple[str, ...]
    version: int = VERSION

    def to_json(self) -> bytes:
        return msgspec.json.encode(self)

    @staticmethod
    def from_json(data: bytes) -> "Report":
        """The same, with statistics as JSON has them. Raises msgspec.DecodeError."""
        return msgspec.json.decode(data, type=Report)


def told(value: float | Fraction) -> Told | None:
    """An exact number as a report has it: itself, or the nearest double; None if it is none."""
    if isinstance(value, Fraction):
        return told(_nearest(value))
    if isinstance(value, int):
        return value if abs(value) <= _SAFE else str(value)
    return value if math.isfinite(value) else None


def _nearest(value: Fraction) -> float:
    """An integer stays one."""
    if value.denominator == 1:
        return value.numerator
    try:
        return float(value)
    except OverflowError:
        return round(value)


def cut(text: str) -> str:
    """A cell, short enough to be told."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def share(part: int, whole: int) -> float:
    """Of 1, rounded to what a person reads."""
    return round(part / whole, 6) if whole else 0.0


def names_of(written: Sequence[str]) -> tuple[str, ...]:
    """The same, each once: `a`, `a (2)`, and `column 3` where there is none."""
    taken: set[str] = set()
    names: list[str] = []
    for position, name in enumerate(written, 1):
        plain = cut(name.strip()) or f"column {position}"
        unique, number = plain, 1
        while unique in taken:
            number += 1
            unique = f"{plain} ({number})"
        taken.add(unique)
        names.append(unique)
    return tuple(names)
