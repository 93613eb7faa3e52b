"""The blob of a generation: base64 of gzip of NDJSON, a document a line, in numbered pieces.

Joined in the order of their numbers they are the whole. Redis has no string of more than 512 MiB,
and copies one that grows: so they are fields of a hash.
"""

import base64
import zlib
from collections.abc import Iterable, Iterator

PIECE = 192 * 1024  # bytes of gzip, a multiple of 3; in base64 a third more
_LEVEL = 1  # a catalog of a million takes seconds
_GZIP = 16 + zlib.MAX_WBITS


def pack(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces of what these are when they are joined."""
    held = bytearray()
    for deflated in _deflate(chunks):
        held += deflated
        while len(held) > PIECE:
            yield base64.b64encode(held[:PIECE])
            del held[:PIECE]
    yield base64.b64encode(held)


def _deflate(chunks: Iterable[bytes]) -> Iterator[bytes]:
    deflate = zlib.compressobj(_LEVEL, wbits=_GZIP)
    yield from map(deflate.compress, chunks)
    yield deflate.flush()


def unpack(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What was packed, in chunks of any size. Raises ValueError for what was not."""
    inflate = zlib.decompressobj(_GZIP)
    try:
        for piece in pieces:
            yield inflate.decompress(base64.b64decode(piece, validate=True))
    except zlib.error as error:
        raise ValueError("the blob is damaged") from error
    if not inflate.eof:
        raise ValueError("the blob is cut off")
