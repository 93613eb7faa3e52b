"""What is stored and fetched: small files by number, and one large file that can change.

A content is a common beginning and a short end of its own: a digest costs no more than
the end, and no two contents of a run are alike.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.options import SMALL_BYTES

_END = 16


class SmallFiles:
    """Files of 4 KiB, each made of its number. The same seed makes the same files."""

    def __init__(self, seed: str) -> None:
        self.beginning = hashlib.shake_128(seed.encode()).digest(SMALL_BYTES - _END)
        self._hashed = hashlib.sha256(self.beginning)

    def end(self, number: int) -> bytes:
        return b"%016x" % number

    def content(self, number: int) -> bytes:
        return self.beginning + self.end(number)

    def digest(self, number: int) -> str:
        hashed = self._hashed.copy()
        hashed.update(self.end(number))
        return hashed.hexdigest()

    def digests(self, numbers: range) -> Iterator[str]:
        return map(self.digest, numbers)


@dataclass(frozen=True, slots=True)
class Sample:
    """A small file, ready to be sent."""

    digest: str
    content: bytes


class LargeFile:
    """A file of random bytes, `size` of them, at `path`."""

    def __init__(self, path: Path, size: int) -> None:
        self.path = path
        self.size = size
        self._hashed = hashlib.sha256()
        self._stamps = 0
        with path.open("wb") as file:
            rest = size - _END
            while rest:
                chunk = os.urandom(min(rest, 1024**2))
                self._hashed.update(chunk)
                file.write(chunk)
                rest -= len(chunk)
        self.digest = self.stamp()

    def stamp(self) -> str:
        """Make it another file: its digest."""
        end = b"%016x" % self._stamps
        self._stamps += 1
        with self.path.open("r+b") as file:
            file.seek(self.size - _END)
            file.write(end)
        hashed = self._hashed.copy()
        hashed.update(end)
        self.digest = hashed.hexdigest()
        return self.digest
