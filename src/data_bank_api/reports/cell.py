"""How a cell lies in a table, by where it came from: as SQL, for a column `cell` of type VARCHAR.

| form | a cell | what it is |
| --- | --- | --- |
| `Written` (CSV) | what stands in the file | is read off the text |
| `Json` | a text behind a quote, else JSON: `"7`, `7` | what JSON says; dates are read off texts |
| `Declared` (Parquet) | the value as text | is what the file declares for the column |
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from data_bank_api.reports.kind import Kind
from data_bank_api.reports.number import as_double, is_decimal, is_integer
from data_bank_api.reports.report import ColumnType

# What Python's str.isspace says yes to.
_SPACE = (
    "[\\t-\\r\\x1c-\\x20\\x{85}\\x{a0}\\x{1680}"
    "\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}]"
)
_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = "[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?"


class Form(Protocol):
    """`mixed` is the type of a column whose values are of several types."""

    @property
    def mixed(self) -> ColumnType: ...

    def text(self, cell: str) -> str:
        """SQL: the value as text; null where there is none."""

    def kind(self, cell: str) -> str:
        """SQL: the number of its Kind."""


def _cases(*cases: tuple[str, Kind], otherwise: Kind) -> str:
    lines = "".join(f" WHEN {condition} THEN {kind}" for condition, kind in cases)
    return f"CAST(CASE{lines} ELSE {otherwise} END AS UTINYINT)"


def _is_date(text: str) -> str:
    return f"(regexp_full_match({text}, '{_DATE}') AND TRY_CAST({text} AS DATE) IS NOT NULL)"


def _is_datetime(text: str) -> str:
    syntax = f"regexp_full_match({text}, '{_DATE}[ T]{_TIME}')"
    return f"({syntax} AND TRY_CAST({text} AS TIMESTAMPTZ) IS NOT NULL)"


def _missing(text: str) -> tuple[tuple[str, Kind], ...]:
    return (
        (f"{text} IS NULL", Kind.NULL),
        (f"{text} = ''", Kind.EMPTY),
        # What the first character is costs less than to match all of them.
        (
            f"(({text} < '!' OR {text} >= '\x85') AND regexp_full_match({text}, '{_SPACE}+'))",
            Kind.BLANK,
        ),
    )


def _dates(text: str) -> tuple[tuple[str, Kind], ...]:
    return ((_is_date(text), Kind.DATE), (_is_datetime(text), Kind.DATETIME))


def is_missing(text: str, kinds: Collection[Kind]) -> str:
    """SQL: whether it is one of these of null, empty and blank; what cannot be is not asked for."""
    return "(" + " OR ".join(asked for asked, kind in _missing(text) if kind in kinds) + ")"


@dataclass(frozen=True, slots=True)
class Written:
    mixed: ColumnType = "text"

    def text(self, cell: str) -> str:
        return cell

    def kind(self, cell: str) -> str:
        return _cases(
            *_missing(cell),
            (is_integer(cell), Kind.INTEGER),
            (is_decimal(cell), Kind.DECIMAL),
            (f"lower({cell}) IN ('true', 'false')", Kind.BOOLEAN),
            *_dates(cell),
            otherwise=Kind.TEXT,
        )


@dataclass(frozen=True, slots=True)
class Json:
    mixed: ColumnType = "mixed"

    def text(self, cell: str) -> str:
        return f"CASE WHEN {cell}[1] = '\"' THEN {cell}[2:] ELSE {cell} END"

    def kind(self, cell: str) -> str:
        string = _cases(*_missing(self.text(cell)), *_dates(self.text(cell)), otherwise=Kind.TEXT)
        other = _cases(
            (f"{cell} IS NULL", Kind.NULL),
            (f"{cell}[1] IN ('{{', '[')", Kind.NESTED),
            (f"{cell}[1] IN ('t', 'f')", Kind.BOOLEAN),
            (is_integer(cell), Kind.INTEGER),
            (is_decimal(cell), Kind.DECIMAL),
            otherwise=Kind.SPECIAL,
        )
        return f"CASE WHEN {cell}[1] = '\"' THEN {string} ELSE {other} END"


@dataclass(frozen=True, slots=True)
class Declared:
    """Of a column whose values are all of one kind, but for what is missing or no number."""

    declared: Kind
    mixed: ColumnType = "mixed"

    def text(self, cell: str) -> str:
        return cell

    def kind(self, cell: str) -> str:
        if self.declared is Kind.TEXT:
            return _cases(*_missing(cell), otherwise=Kind.TEXT)
        special = f"NOT isfinite({as_double(cell)})"
        if self.declared is Kind.DECIMAL:
            return _cases(
                (f"{cell} IS NULL", Kind.NULL), (special, Kind.SPECIAL), otherwise=Kind.DECIMAL
            )
        return _cases((f"{cell} IS NULL", Kind.NULL), otherwise=self.declared)
