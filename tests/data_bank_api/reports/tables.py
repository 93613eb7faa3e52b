"""Tables made by hand, as a source would make them."""

from collections.abc import Sequence
from pathlib import Path

from data_bank_api.reports.cell import Form, Written
from data_bank_api.reports.engine import Engine, quoted
from data_bank_api.reports.limits import MIB, Limits
from data_bank_api.reports.report import Source, names_of
from data_bank_api.reports.table import Column, Table

SMALL = Limits(memory=128 * MIB, threads=1)


def made(
    engine: Engine, names: Sequence[str], rows: Sequence[Sequence[str | None]], *forms: Form
) -> Table:
    """The table of these cells; each column is as in a CSV where no form is said."""
    keys = [f"c{place}" for place in range(len(names))]
    columns = ", ".join(f"{key} VARCHAR" for key in keys)
    engine.run(f"CREATE OR REPLACE TABLE cells ({columns})")
    if rows:
        engine.run("INSERT INTO cells VALUES " + ", ".join(map(_row, rows)))
    return Table(
        Source("csv"),
        tuple(
            Column(place, name, written, form)
            for place, (name, written, form) in enumerate(
                zip(names_of(names), names, [*forms] or [Written() for _ in names], strict=True), 1
            )
        ),
        len(rows),
    )


def _row(cells: Sequence[str | None]) -> str:
    return "(" + ", ".join("NULL" if cell is None else quoted(cell) for cell in cells) + ")"


def opened(folder: Path) -> Engine:
    return Engine(folder, SMALL)
