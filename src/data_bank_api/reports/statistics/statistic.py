"""What a statistic is. What it tells is a frozen value that is JSON as it stands, or None."""

from dataclasses import dataclass
from typing import Protocol

from data_bank_api.reports.engine import Engine
from data_bank_api.reports.kind import Kind
from data_bank_api.reports.report import ColumnType
from data_bank_api.reports.table import Column, Table
from data_bank_api.reports.values import Values

NUMERIC: tuple[ColumnType, ...] = ("integer", "decimal")


class ColumnStatistic(Protocol):
    """Told of the values of one column, or None where it says nothing of such values."""

    def of(self, values: Values) -> object | None: ...


@dataclass(frozen=True, slots=True)
class Traits:
    """What is known of the columns by now: those of numbers, and how those that do lack values."""

    numeric: tuple[Column, ...]
    lacking: tuple[tuple[Column, tuple[Kind, ...]], ...]


class TableStatistic(Protocol):
    """Told of the rows, or None where there is nothing to tell."""

    def of(self, engine: Engine, table: Table, traits: Traits) -> object | None: ...
