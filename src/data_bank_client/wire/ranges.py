"""Byte ranges (RFC 9110, section 14), as pure functions.

    parse_range("bytes=0-99")                 (Span(0, 99),)
    select("bytes=0-99", 50)                  [ByteRange(0, 50)]
    ByteRange(0, 50).content_range(50)        "bytes 0-49/50"

A range set that cannot be read or has more than MOST_RANGES, and a unit other than `bytes`,
are ignored, as the RFC allows: the answer is then 200 with the whole.
"""

import re
from dataclasses import dataclass

_SPEC = re.compile(r"\A(?:(?P<first>[0-9]+)-(?P<last>[0-9]*)|-(?P<suffix>[0-9]+))\Z")
_CONTENT_RANGE = re.compile(
    r"\A(?i:bytes) (?:([0-9]{1,18})-([0-9]{1,18})|\*)/([0-9]{1,18}|\*)\Z"  # len() ends at 2**63
)
# Each part of an answer costs a head and a read: a set of more is answered with the whole.
MOST_RANGES = 256
_HUGE = 10**19  # larger than any file: int() refuses text of thousands of digits


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes `start` up to, not including, `stop` of a file; never empty when made by `select`."""

    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start

    def content_range(self, size: int) -> str:
        return f"bytes {self.start}-{self.stop - 1}/{size}"


@dataclass(frozen=True, slots=True)
class Span:
    """`first-last`, or `first-` with no last, as the client wrote it."""

    first: int
    last: int | None


@dataclass(frozen=True, slots=True)
class Suffix:
    """`-length`: the last bytes."""

    length: int


def _number(digits: str) -> int:
    significant = digits.lstrip("0")
    return int(significant or "0") if len(significant) < 20 else _HUGE


def _parse_spec(text: str) -> Span | Suffix | None:
    match = _SPEC.match(text)
    if match is None:
        return None
    first, last, suffix = match.group("first", "last", "suffix")
    if first is None:
        return Suffix(_number(suffix))
    span = Span(_number(first), _number(last) if last else None)
    return None if span.last is not None and span.last < span.first else span


def parse_range(header: str) -> tuple[Span | Suffix, ...] | None:
    """The ranges that a `Range` header asks for; None where it is to be ignored."""
    unit, equals, text = header.partition("=")
    if not equals or unit.lower() != "bytes" or text.count(",") >= MOST_RANGES:
        return None
    specs: list[Span | Suffix] = []
    for item in text.split(","):
        stripped = item.strip(" \t")
        if stripped:  # empty list elements are allowed (RFC 9110, 5.6.1.2)
            spec = _parse_spec(stripped)
            if spec is None:
                return None
            specs.append(spec)
    return tuple(specs) or None


def _resolve(spec: Span | Suffix, size: int) -> ByteRange:
    if isinstance(spec, Suffix):
        return ByteRange(max(0, size - spec.length), size)
    stop = size if spec.last is None else min(size, spec.last + 1)
    return ByteRange(spec.first, stop)


def select(header: str, size: int) -> list[ByteRange] | None:
    """What of a file of `size` bytes answers this `Range` header, in the order asked for.

    None is the whole: the header is to be ignored, or its ranges sum to more than 1.1 times
    the file. An empty list is 416: none of the ranges holds a byte of the file.
    """
    specs = parse_range(header)
    if specs is None:
        return None
    if size == 0 and any(isinstance(spec, Suffix) and spec.length for spec in specs):
        return None  # satisfiable (14.1.2), but Content-Range has no way to say "no bytes"
    resolved = (_resolve(spec, size) for spec in specs)
    ranges = [found for found in resolved if found.start < found.stop]
    return None if 10 * sum(map(len, ranges)) > 11 * size else ranges


def parse_content_range(header: str) -> tuple[ByteRange | None, int | None] | None:
    """A `Content-Range`: its range and its size, each None for `*`.

    None if it cannot be read, is `*/*`, or is invalid (14.4): empty or past the file's end.
    """
    match = _CONTENT_RANGE.match(header)
    if match is None:
        return None
    first, last, text = match.groups()
    size = None if text == "*" else int(text)
    if first is None:
        return None if size is None else (None, size)
    found = ByteRange(int(first), int(last) + 1)
    is_valid = found.start < found.stop and (size is None or found.stop <= size)
    return (found, size) if is_valid else None
