"""A CSV that is not written as it should be, written anew: every row as wide as the header.

| a row | becomes |
| --- | --- |
| with fewer cells than the header | filled up with nulls, and its line told |
| with more | what is beyond the header left out, and its line told |
| that ends by CR, LF or CR LF, whatever the others do | ended by LF |
| with an open quote, text after a quote, bytes that are no UTF-8 | an error with the line |

Blank lines are no rows. Lines without a quote go as they are, which is what makes this fast.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from data_bank_api.reports.errors import UnreadableError
from data_bank_api.reports.report import NONE_RAGGED, Ragged
from data_bank_api.reports.sources.csv_dialect import LONGEST, Dialect
from data_bank_api.reports.sources.encoding import not_in

NULL = "\x7fnull\x7f"  # what stands for a cell that is not there
_PIECE = 1 << 20
_LINES_TOLD = 10


@dataclass(slots=True)
class _Count:
    count: int = 0
    lines: list[int] = field(default_factory=list)

    def add(self, line: int) -> None:
        self.count += 1
        if len(self.lines) < _LINES_TOLD:
            self.lines.append(line)

    def ragged(self) -> Ragged:
        return Ragged(self.count, tuple(self.lines))


@dataclass(frozen=True, slots=True)
class Mended:
    short: Ragged = NONE_RAGGED
    long: Ragged = NONE_RAGGED


def mend(path: Path, target: Path, dialect: Dialect) -> Mended:
    """Write the rows anew, below a plain header. Raises UnreadableError, with the line."""
    with path.open("rb") as file, target.open("w", encoding="utf-8", newline="") as out:
        mending = _Mending(dialect, _Lines(file))
        out.writelines(mending.rows())
    return Mended(mending.short.ragged(), mending.long.ragged())


class _Lines:
    """Lines as text, each with its end; `number` is that of the last one."""

    def __init__(self, file: BinaryIO) -> None:
        self.number = 0
        self._lines = _split(file)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.number += 1
        if len(line) > LONGEST:
            raise UnreadableError(f"the line is longer than {LONGEST >> 20} MiB", line=self.number)
        try:
            return line.decode("utf-8-sig" if self.number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise not_in("utf-8", self.number) from error


def _split(file: BinaryIO) -> Iterator[bytes]:
    """At CR LF, LF and CR. What begins a line that is too long is the last to come."""
    rest = b""
    while piece := file.read(_PIECE):
        lines = (rest + piece).splitlines(keepends=True)
        # What ends the piece may go on: a line without its end, a CR whose LF is still to come.
        rest = lines.pop() if not lines[-1].endswith(b"\n") else b""
        yield from lines
        if len(rest) > LONGEST:
            break
    if rest:
        yield rest


class _Mending:
    def __init__(self, dialect: Dialect, lines: _Lines) -> None:
        self._dialect = dialect
        self._lines = lines
        self.short = _Count()
        self.long = _Count()

    def rows(self) -> Iterator[str]:
        rows = self._read()
        next(rows)
        yield self._dialect.delimiter.join("c" * self._dialect.width) + "\n"
        yield from rows

    def _read(self) -> Iterator[str]:
        delimiter, needed = self._dialect.delimiter, self._dialect.width - 1
        for line in self._lines:
            bare = line.rstrip("\r\n")
            if '"' not in bare and bare.count(delimiter) == needed and bare:
                yield bare + "\n"
            elif bare:
                yield self._made_fit(line)

    def _made_fit(self, line: str) -> str:
        number = self._lines.number
        cells, width = self._parsed(line, number), self._dialect.width
        if sum(map(len, cells)) > LONGEST:
            raise UnreadableError(f"the row is longer than {LONGEST >> 20} MiB", line=number)
        if len(cells) < width:
            self.short.add(number)
        elif len(cells) > width:
            self.long.add(number)
        kept = cells[:width]
        # Of a single column an empty cell would be a blank line.
        written = kept if '"' not in line and width > 1 else map(_written, kept)
        return self._dialect.delimiter.join([*written, *[NULL] * (width - len(cells))]) + "\n"

    def _parsed(self, line: str, number: int) -> list[str]:
        """The cells of the row that begins with this line, and may take more of them."""
        if '"' not in line:
            return line.rstrip("\r\n").split(self._dialect.delimiter)
        reader = csv.reader(self._from(line), delimiter=self._dialect.delimiter, strict=True)
        try:
            return next(reader)
        except csv.Error as error:
            raise UnreadableError(_meaning(str(error)), line=number) from error

    def _from(self, line: str) -> Iterator[str]:
        yield line
        yield from self._lines


def _meaning(error: str) -> str:
    if "expected after" in error:
        return "a quote is closed, and text follows before the next delimiter"
    if "field larger" in error:
        return f"a cell is longer than {LONGEST >> 20} MiB, or its quote is not closed"
    return "a quote is opened and not closed"


def _written(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'
