"""The opaque place in a list: where the next page begins.

A cursor is what its list wrote into it, with a checksum of that and of the list's name, so that
one that was tampered with, cut, or given out by another list is seen. It is no secret: it tells
nothing that the page before did not.
"""

import base64
import binascii
import zlib

from data_bank_client.errors import BadRequestError


class BadCursorError(BadRequestError):
    """The cursor was not given out by this list."""

    def __init__(self) -> None:
        super().__init__("this cursor was not given out: begin without one")


def format_cursor(list_name: str, place: bytes) -> str:
    return base64.urlsafe_b64encode(place + _check(list_name, place)).decode()


def parse_cursor(list_name: str, text: str) -> bytes:
    """The place. Raises BadCursorError for a cursor that was not given out."""
    try:
        content = base64.b64decode(text, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise BadCursorError from None
    place, check = content[:-4], content[-4:]
    if check != _check(list_name, place):
        raise BadCursorError
    return place


def _check(list_name: str, place: bytes) -> bytes:
    return zlib.crc32(place, zlib.crc32(list_name.encode())).to_bytes(4)
