"""Server-sent events, read from bytes that come in pieces cut anywhere (WHATWG HTML, 9.2.6).

    id: 1795247200996-0                   a block, which an empty line ends
    event: databank.job.started.v1
    data: {"event_id": "...", ...}

    : still here                          a comment: read over

Lines end with LF, CR or CRLF. What is kept between two pieces is bounded by BLOCK_BYTES.
"""

import re
from dataclasses import dataclass

from data_bank_client.errors import UnexpectedAnswerError

BLOCK_BYTES = 1024 * 1024
_LINE_END = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Block:
    """`id` is the last that was named, in this block or before; `data` without one is None."""

    id: str | None
    event: str
    data: bytes | None


class EventStreamParser:
    """Takes pieces, gives the blocks that they complete. Its `id` is as far as the stream came."""

    def __init__(self) -> None:
        self.id: str | None = None
        self._lines = _Lines()
        self._begin()

    def _begin(self) -> None:
        self._event, self._id = "", self.id
        self._data: list[bytes] = []
        self._size = 0

    def feed(self, piece: bytes) -> list[Block]:
        """Raises UnexpectedAnswerError for a line or a block over BLOCK_BYTES, and for text that
        is not UTF-8."""
        blocks: list[Block] = []
        for line in self._lines.feed(piece):
            if line:
                self._take(line)
            else:
                self.id = self._id
                data = b"\n".join(self._data) if self._data else None
                blocks.append(Block(self.id, self._event, data))
                self._begin()
        return blocks

    def _take(self, line: bytes) -> None:
        name, _, value = line.partition(b":")  # a comment has an empty name
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.append(value)
            self._size += len(value)
            if self._size > BLOCK_BYTES:
                raise _too_large()
        elif name == b"event":
            self._event = _text(value)
        elif name == b"id" and b"\0" not in value:
            self._id = _text(value)


class _Lines:
    """Pieces of bytes, cut into lines instead."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._is_after_cr = False

    def feed(self, piece: bytes) -> list[bytes]:
        if not piece:
            return []
        if self._is_after_cr:
            piece = piece.removeprefix(b"\n")
        self._is_after_cr = piece.endswith(b"\r")
        first, *others = _LINE_END.split(piece)
        self._rest += first
        if len(self._rest) > BLOCK_BYTES:
            raise _too_large()
        if not others:
            return []
        lines = [bytes(self._rest), *others[:-1]]
        self._rest = bytearray(others[-1])
        return lines


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise UnexpectedAnswerError("the stream of events is not UTF-8") from error


def _too_large() -> UnexpectedAnswerError:
    return UnexpectedAnswerError(f"an event is larger than {BLOCK_BYTES} bytes")
