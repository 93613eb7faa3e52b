"""Cursors of lists whose newest comes first: a moment, and the id that tells equal ones apart."""

import struct
from datetime import UTC, datetime, timedelta

from starlette.datastructures import QueryParams

from data_bank_api.api.cursor import BadCursorError, format_cursor
from data_bank_api.api.page_query import read_place

# The microseconds since 1970, and the sixteen bytes of the id.
_PLACE = struct.Struct(">q16s")
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def format_moment_cursor(list_name: str, at: datetime, name: str) -> str:
    """`name` is an id of 32 hexadecimal digits."""
    since = (at - _BEGINNING) // _MICROSECOND
    return format_cursor(list_name, _PLACE.pack(since, bytes.fromhex(name)))


def read_moment_place(query: QueryParams, list_name: str) -> tuple[datetime, str] | None:
    """Where the page begins; None at the beginning. Raises BadCursorError."""
    content = read_place(query, list_name)
    if content is None:
        return None
    try:
        since, name = _PLACE.unpack(content)
        return _BEGINNING + since * _MICROSECOND, name.hex()
    except (struct.error, OverflowError):
        raise BadCursorError from None
