"""What a single value is, and what its column is by the kinds of all its values."""

from collections.abc import Mapping
from enum import IntEnum

from data_bank_api.reports.report import ColumnType


class Kind(IntEnum):
    """Small numbers, since the engine keeps one beside each distinct value."""

    NULL = 0  # there is no value: JSON's null, a key or a cell that is not there
    EMPTY = 1  # a text without characters
    BLANK = 2  # a text of white space
    INTEGER = 3
    DECIMAL = 4
    SPECIAL = 5  # a number that is none: NaN, Infinity, what no double holds
    BOOLEAN = 6
    DATE = 7
    DATETIME = 8
    TEXT = 9
    NESTED = 10  # an object or a list


MISSING = {Kind.NULL, Kind.EMPTY, Kind.BLANK}
NUMBERS = {Kind.INTEGER, Kind.DECIMAL}
Kinds = Mapping[Kind, int]  # how many values there are of each

# The first line whose kinds are all that a column has is its type.
_TYPES: tuple[tuple[ColumnType, set[Kind]], ...] = (
    ("empty", set()),
    ("integer", {Kind.INTEGER}),
    ("decimal", {Kind.INTEGER, Kind.DECIMAL, Kind.SPECIAL}),
    ("boolean", {Kind.BOOLEAN}),
    ("date", {Kind.DATE}),
    ("datetime", {Kind.DATE, Kind.DATETIME}),
    ("text", {Kind.DATE, Kind.DATETIME, Kind.TEXT}),
    ("nested", {Kind.NESTED}),
)


def type_of(kinds: Kinds, otherwise: ColumnType) -> ColumnType:
    """`otherwise` is what values of several types make: text in a CSV, which has nothing else."""
    there = {kind for kind, count in kinds.items() if count} - MISSING
    fitting = (name for name, taken in _TYPES if there <= taken)
    return next(fitting, otherwise)


def count_of(kinds: Kinds, wanted: set[Kind]) -> int:
    return sum(count for kind, count in kinds.items() if kind in wanted)
