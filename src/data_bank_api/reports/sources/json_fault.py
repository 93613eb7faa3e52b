"""The line where a JSON file is not what it should be. Looked for only once the engine refused it.

ijson takes the text line by line and tells what begins and ends, in bounded memory; the engine is
faster and knows no lines.
"""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

import ijson

from data_bank_api.reports.errors import UnreadableError
from data_bank_api.reports.sources.encoding import not_in

_PIECE = 1 << 16
_BEGINS = {"start_map", "start_array"}
_ENDS = {"end_map", "end_array"}
_HALF_A_PAIR = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F]"
)


def check_json(path: Path, *, is_array: bool) -> None:
    """Raises UnreadableError, with the line, where it finds what is wrong.

    In an array each element is an object; else each line is one, or blank.
    """
    watch = _Watch(1 if is_array else 0)
    line = 1
    try:
        for piece in _pieces(path):
            watch.take(piece)
            if piece.endswith(b"\n"):
                watch.end_line()
                line += 1
        watch.end()
    except UnicodeDecodeError as error:
        raise not_in("utf-8", line) from error
    except ijson.JSONError as error:
        raise _told(str(error), line) from error
    except _WrongError as error:
        raise UnreadableError(str(error), line=line) from error


class _WrongError(Exception):
    """It is JSON, and not the JSON of a table."""


class _Watch:
    """Follows the events: how deep they are, and what is no object where rows are."""

    def __init__(self, rows: int) -> None:
        self._text = codecs.getincrementaldecoder("utf-8")()
        self._events = ijson.sendable_list()
        self._feed = ijson.basic_parse_coro(self._events, multiple_values=not rows)
        self._rows = rows  # how deep rows lie
        self._depth = 0
        self._in_line = 0

    def take(self, piece: bytes) -> None:
        self._text.decode(piece)
        try:
            self._feed.send(piece)
        finally:
            self._follow()
        if _HALF_A_PAIR.search(piece):
            raise _WrongError("a text has half of a surrogate pair")

    def _follow(self) -> None:
        for event, _ in self._events:
            if event in _ENDS:
                self._depth -= 1
            elif self._depth == self._rows:
                self._begin_row(event)
            self._depth += event in _BEGINS
        self._events.clear()

    def _begin_row(self, event: str) -> None:
        self._in_line += 1
        if event != "start_map":
            raise _WrongError("a row is not an object")
        if not self._rows and self._in_line > 1:
            raise _WrongError("there are two values in one line")

    def end_line(self) -> None:
        if not self._rows and self._depth:
            raise _WrongError("an object does not end in its line")
        self._in_line = 0

    def end(self) -> None:
        self._feed.close()
        self._follow()  # A number at the very end is known only now.


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.readline(_PIECE):
            yield piece


def _told(error: str, line: int) -> UnreadableError:
    reason = error.partition("\n")[0].partition("error: ")[2]
    return UnreadableError(f"it is not JSON: {reason}", line=line)
