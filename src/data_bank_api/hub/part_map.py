"""Which parts of a file have come: a value, and how it lies on the disk.

    part 0      part 1      part 2  ...   the last, shorter one
    |-----------|-----------|-----------|-----|
    0       part_size                        size

The file of a map has two slots, written in turns, each with a checksum and the number of its
writing:

    | magic | length | XXH3-128 | body, and zeros up to a multiple of 4096 |   twice

A slot that is torn by a kill or a power cut is seen, and the other one, written before it,
counts: it says less, never more. Where neither is whole there is no map, and nothing is there.
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Self

import msgspec
import xxhash

_MAGIC = b"DBPARTS1"
_HEAD = struct.Struct(">8sI16s")
_BLOCK = 4096
_Body = tuple[int, int, int, str, bytes]


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

    def with_done(self, numbers: Iterable[int]) -> Self:
        return replace(self, done=self.done | sum(1 << number for number in set(numbers)))

    def emptied(self, etag: str) -> Self:
        """Of the same file, begun anew."""
        return replace(self, etag=etag, done=0)

    def next_writing(self) -> Self:
        return replace(self, writing=self.writing + 1)


def encode_slot(parts: PartMap) -> bytes:
    """A slot; those of one file are of one length, however much is done."""
    bits = parts.done.to_bytes(-(-parts.count // 8), "little")
    fields: _Body = (parts.writing, parts.size, parts.part_size, parts.etag, bits)
    body = msgspec.msgpack.encode(fields)
    head = _HEAD.pack(_MAGIC, len(body), xxhash.xxh3_128_digest(body))
    # Numbers grow by a few bytes as they count up: room for them is in every slot.
    return (head + body).ljust(
        -(-(len(head) + len(bits) + len(parts.etag) * 4 + 64) // _BLOCK) * _BLOCK, b"\0"
    )


def decode(content: bytes) -> PartMap | None:
    """The map that a file of two slots holds; None where it holds none."""
    half = len(content) // 2
    found = [_decode_slot(content[:half]), _decode_slot(content[half:])]
    whole = [each for each in found if each is not None]
    return max(whole, key=lambda each: each.writing, default=None)


def _decode_slot(slot: bytes) -> PartMap | None:
    if len(slot) < _HEAD.size:
        return None
    magic, length, checksum = _HEAD.unpack_from(slot)
    body = slot[_HEAD.size : _HEAD.size + length]
    if magic != _MAGIC or checksum != xxhash.xxh3_128_digest(body):
        return None
    # What has its checksum was written by `encode_slot`.
    writing, size, part_size, etag, bits = msgspec.msgpack.decode(body, type=_Body)
    return PartMap(size, part_size, etag, int.from_bytes(bits, "little"), writing)
