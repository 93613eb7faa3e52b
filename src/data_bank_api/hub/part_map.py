"""Which parts of a file have come: a value, and how it lies on the disk.

    part 0      part 1      part 2  ...   the last, shorter one
    |-----------|-----------|-----------|-----|
    0       part_size                        size

The file of a map has four slots, each with a checksum:

    | magic | length | XXH3-128 | body, and zeros up to a multiple of 4096 |

The first two are written in turns when the parts they tell of are synced, and synced then. The
others are written in turns when a part was written, and count as long as the system has not
started again. A slot torn by a kill or a power cut is seen, and another one, written before it,
counts: it says less, never more. Where none is whole, nothing is there.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

import msgspec
import xxhash

_MAGIC = b"DBPARTS1"
_HEAD = struct.Struct(">8sI16s")
_BLOCK = 4096
SLOTS = 4
# Records of what is synced are of no boot.
SYNCED = ""
_Body = tuple[str, int, int, int, int, str, bytes]


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes `start` up to, not including, `stop`."""

    number: int
    start: int
    stop: int

    @property
    def size(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True, slots=True)
class PartMap:
    """`etag`: what the Hub said of the file when it was begun. `done`: bit n is part n."""

    size: int
    part_size: int
    etag: str
    done: int = 0
    writing: int = 0
    syncs: int = 0

    @property
    def count(self) -> int:
        return -(-self.size // self.part_size)

    def part(self, number: int) -> Part:
        start = number * self.part_size
        return Part(number, start, min(start + self.part_size, self.size))

    def parts(self) -> Iterator[Part]:
        return (self.part(number) for number in range(self.count))

    def is_done(self, part: Part) -> bool:
        return bool(self.done >> part.number & 1)

    def missing(self) -> Iterator[Part]:
        """In the order of the file, so that its beginning is there first."""
        return (part for part in self.parts() if not self.is_done(part))

    @property
    def done_bytes(self) -> int:
        last = self.part(self.count - 1)
        short = self.part_size - last.size if self.is_done(last) else 0
        return self.done.bit_count() * self.part_size - short

    def with_done(self, part: Part) -> Self:
        return replace(self, done=self.done | 1 << part.number)

    def emptied(self, etag: str) -> Self:
        """Of the same file, begun anew."""
        return replace(self, etag=etag, done=0)

    def next_writing(self) -> Self:
        return replace(self, writing=self.writing + 1)

    def next_sync(self) -> Self:
        return replace(self, syncs=self.syncs + 1)


def encode_slot(parts: PartMap, boot: str) -> bytes:
    """A slot; those of one map are of one length, however much is done."""
    bits = parts.done.to_bytes(-(-parts.count // 8), "little")
    numbers = (parts.writing, parts.syncs, parts.size, parts.part_size)
    body = msgspec.msgpack.encode((boot, *numbers, parts.etag, bits))
    head = _HEAD.pack(_MAGIC, len(body), xxhash.xxh3_128_digest(body))
    # Numbers grow by a few bytes as they count up, and a boot has a name: there is room.
    most = len(bits) + len(parts.etag.encode()) + 256
    return (head + body).ljust(-(-most // _BLOCK) * _BLOCK, b"\0")


def decode(content: bytes, boot: str) -> PartMap | None:
    """What a file of slots says since this start of the system; None where it says nothing."""
    length = max(len(content) // SLOTS, 1)
    slots = [content[at : at + length] for at in range(0, len(content), length)]
    found = [parts for slot in slots if (parts := _decode_slot(slot, boot)) is not None]
    return max(found, key=lambda parts: parts.writing, default=None)


def _decode_slot(slot: bytes, boot: str) -> PartMap | None:
    if len(slot) < _HEAD.size:
        return None
    magic, length, checksum = _HEAD.unpack_from(slot)
    body = slot[_HEAD.size : _HEAD.size + length]
    if magic != _MAGIC or checksum != xxhash.xxh3_128_digest(body):
        return None
    # What has its checksum was written by `encode_slot`.
    of, writing, syncs, size, part_size, etag, bits = msgspec.msgpack.decode(body, type=_Body)
    if of not in (SYNCED, boot):
        return None
    return PartMap(size, part_size, etag, int.from_bytes(bits, "little"), writing, syncs)
