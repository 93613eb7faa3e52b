"""Parquet: columns with types of their own, read in place. What is nested is told as JSON.

| type | is |
| --- | --- |
| integers | integer |
| FLOAT, DOUBLE, DECIMAL | decimal |
| BOOLEAN, DATE | boolean, date |
| TIMESTAMP, of any kind | datetime |
| STRUCT, LIST, MAP | nested |
| all others | text |
"""

import re
from dataclasses import dataclass
from pathlib import Path

from data_bank_api.reports.cell import Declared
from data_bank_api.reports.engine import Engine, RefusedError, quoted
from data_bank_api.reports.errors import UnreadableError
from data_bank_api.reports.kind import Kind
from data_bank_api.reports.limits import Limits
from data_bank_api.reports.report import Source, names_of
from data_bank_api.reports.sources.encoding import encoding_of
from data_bank_api.reports.sources.source import check_width, count_rows
from data_bank_api.reports.table import Column, Table

_KINDS: tuple[tuple[str, Kind], ...] = (
    (r".*\]|STRUCT.*|MAP.*|UNION.*|VARIANT", Kind.NESTED),
    (r"U?(TINY|SMALL|BIG|HUGE)?INT|U?INTEGER", Kind.INTEGER),
    (r"FLOAT|DOUBLE|DECIMAL.*", Kind.DECIMAL),
    (r"BOOLEAN", Kind.BOOLEAN),
    (r"DATE", Kind.DATE),
    (r"TIMESTAMP.*", Kind.DATETIME),
    (r".*", Kind.TEXT),
)
_PLACE = "file_row_number"


@dataclass(frozen=True, slots=True)
class ParquetFile:
    def load(self, engine: Engine, limits: Limits) -> Table:
        encoding_of(Path(engine.input))
        try:
            return _table(engine, limits)
        except RefusedError as error:
            raise UnreadableError("it cannot be read as Parquet") from error


def _table(engine: Engine, limits: Limits) -> Table:
    written = _names(engine)
    check_width(written, limits)
    keys = ", ".join(f"p{place}" for place in range(len(written)))
    # A column of that name in the file hides the engine's own.
    place = "row_number() OVER () - 1" if _PLACE in written else _PLACE
    engine.run(
        f"CREATE OR REPLACE VIEW fields({keys}, place) AS"
        # The names of folders are no columns, be there an = in them.
        f" SELECT *, {place} FROM read_parquet({quoted(engine.input)}, hive_partitioning = false)"
    )
    types = engine.rows("SELECT column_type FROM (DESCRIBE fields)", tuple[str])
    fields = [(f"p{place}", declared) for place, (declared,) in enumerate(types[:-1])]
    cells = ", ".join(f"{_as_text(*field)} AS c{n}" for n, field in enumerate(fields))
    engine.run(f"CREATE OR REPLACE VIEW cells AS SELECT {cells}, place FROM fields")
    columns = tuple(
        Column(position, name, original, Declared(_kind_of(declared)))
        for position, (name, original, (_, declared)) in enumerate(
            zip(names_of(written), written, fields, strict=True), 1
        )
    )
    return Table(Source("parquet"), columns, count_rows(engine, limits), place="place")


def _names(engine: Engine) -> list[str]:
    """Those at the top, as the file has them: the engine's own are changed to be unique."""
    schema = engine.rows(
        f"SELECT name, coalesce(num_children, 0) FROM parquet_schema({quoted(engine.input)})",
        tuple[str, int],
    )
    names: list[str] = []
    inside = 0  # how many elements are still to come below the last name
    for name, children in schema[1:]:
        if inside:
            inside -= 1
        else:
            names.append(name)
        inside += children
    return names


def _kind_of(declared: str) -> Kind:
    return next(kind for pattern, kind in _KINDS if re.fullmatch(pattern, declared, re.DOTALL))


def _as_text(key: str, declared: str) -> str:
    if _kind_of(declared) is Kind.NESTED:
        return f"CAST(to_json({key}) AS VARCHAR)"
    # A FLOAT's own text is that of another double.
    wide = f"CAST({key} AS DOUBLE)" if declared == "FLOAT" else key
    return f"CAST({wide} AS VARCHAR)"
