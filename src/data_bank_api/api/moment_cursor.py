"""Cursors of lists whose newest comes first: they hold a place of `queue/place.py`."""

import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from starlette.datastructures import QueryParams

from data_bank_api.api.cursor import BadCursorError, format_cursor
from data_bank_api.api.page_query import read_place
from data_bank_api.queue.place import Place

# The microseconds since 1970, and the sixteen bytes of the id.
_FORM = struct.Struct(">q16s")
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def next_cursor(list_name: str, found: Sequence[Place], limit: int) -> str | None:
    """The cursor of what comes after the first `limit` of these; None where there is no more.

    The ids are of 32 hexadecimal digits.
    """
    if len(found) <= limit:
        return None
    last = found[limit - 1]
    since = (last.at - _BEGINNING) // _MICROSECOND
    return format_cursor(list_name, _FORM.pack(since, bytes.fromhex(last.id)))


def read_moment_place(query: QueryParams, list_name: str) -> Place | None:
    """Where the page begins; None at the beginning. Raises BadCursorError."""
    content = read_place(query, list_name)
    if content is None:
        return None
    try:
        since, row_id = _FORM.unpack(content)
        return Place(_BEGINNING + since * _MICROSECOND, row_id.hex())
    except (struct.error, OverflowError):
        raise BadCursorError from None
