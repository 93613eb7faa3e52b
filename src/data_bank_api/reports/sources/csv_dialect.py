"""How a CSV is written: its delimiter, and the header, the first line that is not blank."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from data_bank_api.reports.errors import UnreadableError
from data_bank_api.reports.sources.encoding import not_in

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 1 << 16
LONGEST = 4 << 20  # bytes of a row


@dataclass(frozen=True, slots=True)
class Dialect:
    """`has_plain_header`: it is one line, and the first. By the first line break in the file,
    quoted or not, the engine judges all others."""

    delimiter: str
    header: tuple[str, ...]
    has_plain_header: bool

    @property
    def width(self) -> int:
        return len(self.header)


def dialect_of(path: Path) -> Dialect:
    """Of a file in UTF-8. Raises UnreadableError."""
    csv.field_size_limit(LONGEST)
    with path.open("rb") as file:
        sample = file.read(LONGEST).removeprefix(b"\xef\xbb\xbf")
    text = _text(sample)
    delimiter = _delimiter_of(text[:_SAMPLE])
    header = next(_rows(text, delimiter), None)
    if header is None:
        raise UnreadableError("there is no header: all lines are blank")
    if any("\0" in name for name in header):
        line = text.count("\n", 0, text.index("\0")) + 1
        raise UnreadableError("the header has a byte that is 0: this is no text", line=line)
    lines = text.startswith(("\r", "\n")) or any("\n" in name or "\r" in name for name in header)
    return Dialect(delimiter, tuple(header), has_plain_header=not lines)


def _text(sample: bytes) -> str:
    try:
        return sample.decode()
    except UnicodeDecodeError as error:
        if len(sample) - error.start < 4 and len(sample) == LONGEST:
            return sample[: error.start].decode()
        raise not_in("utf-8", sample.count(b"\n", 0, error.start) + 1) from error


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    """Those that are not blank, as far as they can be read."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from (row for row in reader if row)
    except csv.Error:
        return


def _delimiter_of(sample: str) -> str:
    """The one that makes most rows as wide as the first; a comma where none parts anything."""
    return max(_DELIMITERS, key=lambda delimiter: _fitness(sample, delimiter))


def _fitness(sample: str, delimiter: str) -> tuple[float, int]:
    widths = [len(row) for row in _rows(sample, delimiter)]
    if not widths or widths[0] < 2:
        return 0.0, 0
    return Counter(widths)[widths[0]] / len(widths), widths[0]
