"""CSV: the first line that is not blank is the header, what follows are rows of as many cells.

Most files are as they should be and are read as they are. What the engine refuses is written
anew first (csv_mending.py), which costs a pass in Python and finds the line of what is wrong.
The engine never guesses: it once took a row that was too long for the header.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from data_bank_api.reports.cell import Written
from data_bank_api.reports.engine import Engine, RefusedError, quoted
from data_bank_api.reports.limits import Limits
from data_bank_api.reports.report import Source, names_of
from data_bank_api.reports.sources.csv_dialect import LONGEST, Dialect, dialect_of
from data_bank_api.reports.sources.csv_mending import NULL, Mended, mend
from data_bank_api.reports.sources.encoding import encoding_of, to_utf8
from data_bank_api.reports.sources.source import check_width, count_rows
from data_bank_api.reports.table import Column, Table

_PIECE = 1 << 20
_LOOKS_AT = 4  # bytes that a spaced quote is known by


@dataclass(frozen=True, slots=True)
class CsvFile:
    def load(self, engine: Engine, limits: Limits) -> Table:
        path = Path(engine.input)
        encoding, mark = encoding_of(path)
        if encoding != "utf-8":
            path = engine.folder / "utf8"
            to_utf8(Path(engine.input), path, encoding, mark)
        dialect = dialect_of(path)
        check_width(dialect.header, limits)
        mended = _load(engine, path, dialect)
        source = Source("csv", encoding, dialect.delimiter, mended.short, mended.long)
        return Table(source, _columns(dialect), count_rows(engine, limits))


def _load(engine: Engine, path: Path, dialect: Dialect) -> Mended:
    if dialect.has_plain_header and not _is_misread(path, dialect):
        try:
            _read(engine, path, dialect)
        except RefusedError:
            pass
        else:
            return Mended()
    anew = engine.folder / "mended"
    mended = mend(path, anew, dialect)
    _read(engine, anew, dialect)
    anew.unlink()
    return mended


def _is_misread(path: Path, dialect: Dialect) -> bool:
    """Whether there may be what the engine takes for something else, and says nothing of.

    Spaces around a quoted cell are dropped, which by RFC 4180 nobody may; what is longer than its
    buffer is left out. A yes that is wrong costs no more than mending.
    """
    spaced = _spaced_quote(dialect.delimiter)
    since_break = 0
    with path.open("rb") as file:
        rest = b""
        while piece := file.read(_PIECE):
            since_break += len(piece)
            text = rest + piece
            if spaced.search(text) or since_break > LONGEST:
                return True
            if b"\n" in piece or b"\r" in piece:
                since_break = 0
            rest = text[-_LOOKS_AT:]
    return False


def _spaced_quote(delimiter: str) -> "re.Pattern[bytes]":
    """Of two spaces and more beside a quote it says yes wherever they are."""
    edge = rb"[\r\n" + re.escape(delimiter.encode()) + rb"]"
    # That the quote comes first makes it fast: only where one is, the rest is looked at.
    before = rb"(?<=" + edge + rb'[ \t]")|(?<=[ \t][ \t]")'
    return re.compile(rb'"(?:' + before + rb"|(?=[ \t](?:[ \t]|\Z|" + edge + rb")))")


def _read(engine: Engine, path: Path, dialect: Dialect) -> None:
    columns = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(dialect.width))
    engine.run(
        f"CREATE OR REPLACE TABLE cells AS SELECT * FROM read_csv({quoted(str(path))},"
        f" auto_detect = false, columns = {{{columns}}}, header = true,"
        f" delim = {quoted(dialect.delimiter)}, quote = '\"', escape = '\"', strict_mode = true,"
        f" nullstr = {quoted(NULL)}, allow_quoted_nulls = false, compression = 'none',"
        f" max_line_size = {LONGEST}, buffer_size = {4 * LONGEST}, hive_partitioning = false)"
    )


def _columns(dialect: Dialect) -> tuple[Column, ...]:
    named = zip(names_of(dialect.header), dialect.header, strict=True)
    return tuple(
        Column(position, name, written, Written())
        for position, (name, written) in enumerate(named, 1)
    )
