"""The bytes of a file in a repository, in memory or on disk, and the names that git gives them.

A small file's `oid` is the sha1 of its git blob. Of an LFS file git holds a pointer, a text of
three lines: its `oid` is the sha1 of that, and its sha256 is known besides.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

STEP = 1 << 20


def git_sha1(kind: str, data: bytes) -> str:
    """The name of a git object."""
    return hashlib.sha1(b"%s %d\0" % (kind.encode(), len(data)) + data).hexdigest()


@dataclass(frozen=True)
class Content:
    """Bytes by themselves, or a file that does not change."""

    source: bytes | Path

    @cached_property
    def size(self) -> int:
        return len(self.source) if isinstance(self.source, bytes) else self.source.stat().st_size

    @cached_property
    def sha256(self) -> str:
        return self._hash("sha256", b"")

    @cached_property
    def git_sha1(self) -> str:
        return self._hash("sha1", b"blob %d\0" % self.size)

    @cached_property
    def pointer(self) -> bytes:
        """What git holds of an LFS file."""
        first = "version https://git-lfs.github.com/spec/v1"
        return f"{first}\noid sha256:{self.sha256}\nsize {self.size}\n".encode()

    def _hash(self, algorithm: str, head: bytes) -> str:
        state = hashlib.new(algorithm, head)
        for chunk in self.chunks(0, self.size):
            state.update(chunk)
        return state.hexdigest()

    def read(self) -> bytes:
        return self.source if isinstance(self.source, bytes) else self.source.read_bytes()

    def chunks(self, start: int, length: int) -> Iterator[bytes]:
        """The bytes of a range, a piece at a time."""
        if isinstance(self.source, bytes):
            for at in range(start, start + length, STEP):
                yield self.source[at : min(at + STEP, start + length)]
            return
        with self.source.open("rb") as file:
            file.seek(start)
            left = length
            while left > 0:
                chunk = file.read(min(STEP, left))
                assert chunk, f"{self.source} became shorter"
                left -= len(chunk)
                yield chunk


@dataclass(frozen=True)
class RepoFile:
    """A file of a commit. `oid` and `sha256` are what the Hub says of it."""

    path: str
    content: Content
    is_lfs: bool

    @property
    def size(self) -> int:
        return self.content.size

    @property
    def oid(self) -> str:
        return git_sha1("blob", self.content.pointer) if self.is_lfs else self.content.git_sha1

    @property
    def sha256(self) -> str | None:
        return self.content.sha256 if self.is_lfs else None

    @property
    def etag(self) -> str:
        return self.content.sha256 if self.is_lfs else self.content.git_sha1

    def read(self) -> bytes:
        return self.content.read()
