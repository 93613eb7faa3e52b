"""The opaque place in a list of files: where the next page begins.

A cursor is the last digest given out, with a checksum, so that a tampered or cut one is seen.
It is no secret: it tells nothing that the page before did not.
"""

import base64
import binascii
import zlib

from data_bank_client.errors import BadRequestError
from data_bank_client.wire.digest import Digest


def format_cursor(last: Digest) -> str:
    raw = bytes.fromhex(last.hex)
    return base64.urlsafe_b64encode(raw + zlib.crc32(raw).to_bytes(4)).decode()


def parse_cursor(text: str) -> Digest:
    """Raises BadRequestError for one that was not given out."""
    try:
        content = base64.b64decode(text, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        content = b""
    raw, check = content[:32], content[32:]
    if len(raw) != 32 or check != zlib.crc32(raw).to_bytes(4):
        raise BadRequestError("this cursor was not given out: begin without one")
    return Digest(raw.hex())
