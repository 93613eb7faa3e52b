"""What a source makes of a file: `cells`, a row for each of its rows, in their order.

    cells    c0, c1, ...  VARCHAR, in the forms of cell.py

The names of the file are nowhere in SQL: they are data.
"""

from dataclasses import dataclass

from data_bank_api.reports.cell import Form
from data_bank_api.reports.report import Source


@dataclass(frozen=True, slots=True)
class Column:
    """`name` is unique in its table, `written` what the file has."""

    position: int
    name: str
    written: str
    form: Form

    @property
    def key(self) -> str:
        return f"c{self.position - 1}"


@dataclass(frozen=True, slots=True)
class Table:
    """`place` is SQL: that of a row in the file, from 0; a header is no row."""

    source: Source
    columns: tuple[Column, ...]
    rows: int
    place: str = "rowid"
