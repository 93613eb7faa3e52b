"""Lines of a report on a terminal: text in cells, of which wide characters take two.

What comes out of a file is put into a line by the functions here alone: these make it printable,
and Text has no markup, so no name or value moves a cursor or paints.
"""

import textwrap
from collections.abc import Iterable

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from data_bank_client.cli.bars import shortened
from data_bank_client.cli.show import printable

LEAST = 80  # cells: the tables of a report are no narrower
NULL = "∅"  # what is told of a cell without a value

Lines = list[Text]


def cut(text: str, width: int) -> str:
    """The text, printable; of what is wider its beginning."""
    shown = printable(text)
    return shown if cell_len(shown) <= width else set_cell_size(shown, width - 1) + "…"


def left(text: str, width: int) -> str:
    """The same, filled up to the width."""
    return set_cell_size(cut(text, width), width)


def short_name(text: str, width: int) -> str:
    """A name; of what is wider the beginning and the end, by which names differ."""
    return shortened(printable(text), width)


def named(text: str, width: int) -> str:
    """The same, filled up to the width."""
    return set_cell_size(short_name(text, width), width)


def right(text: str, width: int) -> str:
    """The same, filled up before it."""
    shown = cut(text, width)
    return " " * (width - cell_len(shown)) + shown


def widest(texts: Iterable[str], most: int) -> int:
    """How wide a column of these is, at most so wide."""
    return min(max((cell_len(printable(each)) for each in texts), default=0), most)


def title(text: str) -> Lines:
    """What stands above a part of the report."""
    return [Text(), Text(text, style="bold")]


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most so many cells, broken between words where that goes."""
    shown = printable(text)
    is_wide = cell_len(shown) > len(shown)  # textwrap counts characters
    return textwrap.wrap(shown, width // 2 if is_wide else width) or [""]


def joined(*cells: str | tuple[str, str]) -> Text:
    """A line of these; each is text, or text and its style."""
    line = Text.assemble(*cells)
    line.rstrip()
    return line
