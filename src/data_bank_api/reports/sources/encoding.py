"""What a text file's bytes mean: UTF-8, or UTF-16 and UTF-32, which are made UTF-8 first."""

import codecs
from pathlib import Path

from data_bank_api.reports.errors import UnreadableError

_SAMPLE = 4096
_PIECE = 1 << 20
# The longer marks first: UTF-32's begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def encoding_of(path: Path) -> tuple[str, int]:
    """Its encoding, and how many bytes the mark in front takes. Raises UnreadableError: empty."""
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    if not sample:
        raise UnreadableError("the file is empty")
    for mark, encoding in _MARKS:
        if sample.startswith(mark):
            return encoding, len(mark)
    return _without_mark(sample), 0


def _without_mark(sample: bytes) -> str:
    """Of western text every other byte of UTF-16 is 0, and of UTF-8 none is. Where most bytes are 0
    it is no text at all, which is found by who reads it."""
    half = len(sample) // 2
    is_low, is_high = (sample[place::2].count(0) * 2 > half for place in (1, 0))
    if is_low == is_high:
        return "utf-8"
    return "utf-16-le" if is_low else "utf-16-be"


def to_utf8(path: Path, target: Path, encoding: str, mark: int) -> None:
    """The same text in UTF-8, without a mark. Raises UnreadableError, with the line."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    with path.open("rb") as file, target.open("wb") as out:
        file.seek(mark)
        while True:
            piece = file.read(_PIECE)
            try:
                text = decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as error:
                before = bytes(error.object)[: error.start].decode(encoding, "ignore")
                raise not_in(encoding, line + before.count("\n")) from error
            out.write(text.encode())
            line += text.count("\n")
            if not piece:
                return


def not_in(encoding: str, line: int) -> UnreadableError:
    return UnreadableError(f"the text is not {encoding.upper()}", line=line)
