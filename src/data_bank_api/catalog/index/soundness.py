"""Whether the files of an index are as tantivy wrote them.

Each ends in its own CRC-32 (tantivy's format 7); tantivy itself does not look at it when it opens
an index, and may well break off in the middle of a search, or find too little.

    body | {"version": ..., "crc": N} | length of that, 4 bytes | 1337, 4 bytes       little-endian
"""

import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

_TAIL = struct.Struct("<II")
_MAGIC = 1337
_LONGEST_FOOTER = 4096
_CHUNK = 1024 * 1024


class _Deletes(msgspec.Struct):
    opstamp: int


class _Segment(msgspec.Struct):
    segment_id: str
    deletes: _Deletes | None = None


class _Meta(msgspec.Struct):
    segments: list[_Segment]


class _Footer(msgspec.Struct):
    crc: int


def is_sound(folder: Path) -> bool:
    """Of what the index is made of now; what a writer left unfinished beside it is no matter."""
    try:
        meta = msgspec.json.decode((folder / "meta.json").read_bytes(), type=_Meta)
        return all(_is_whole(each) for each in _parts(folder, meta))
    except (OSError, msgspec.DecodeError):
        return False


def _parts(folder: Path, meta: _Meta) -> Iterator[Path]:
    stems = {each.segment_id.replace("-", "") for each in meta.segments}
    for path in folder.iterdir():
        stem, _, kind = path.name.partition(".")
        if stem in stems and not kind.endswith("del"):
            yield path
    for each in meta.segments:
        if each.deletes is not None:
            yield folder / f"{each.segment_id.replace('-', '')}.{each.deletes.opstamp}.del"


def _is_whole(path: Path) -> bool:
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _LONGEST_FOOTER))
        end = file.read()
        if len(end) < _TAIL.size:
            return False
        length, magic = _TAIL.unpack(end[-_TAIL.size :])
        if magic != _MAGIC or length + _TAIL.size > len(end):
            return False
        footer = msgspec.json.decode(end[-_TAIL.size - length : -_TAIL.size], type=_Footer)
        return _crc(file, size - length - _TAIL.size) == footer.crc


def _crc(file: BinaryIO, size: int) -> int:
    file.seek(0)
    crc, left = 0, size
    while left and (chunk := file.read(min(left, _CHUNK))):
        crc, left = zlib.crc32(chunk, crc), left - len(chunk)
    return crc
