"""The first rows, as they are."""

from data_bank_api.reports.engine import Engine
from data_bank_api.reports.report import FirstRow, cut
from data_bank_api.reports.table import Table

_MOST = 20


def first_rows(engine: Engine, table: Table) -> tuple[FirstRow, ...]:
    cells = ", ".join(column.form.text(column.key) for column in table.columns)
    rows = engine.rows(
        f"SELECT {cells} FROM cells WHERE {table.place} < {_MOST} ORDER BY {table.place}",
        tuple[str | None, ...],
    )
    return tuple(
        FirstRow(number, tuple(None if cell is None else cut(cell) for cell in row))
        for number, row in enumerate(rows, 1)
    )
