"""What a file's bytes must be, as the Hub's tree says it before one of them moves.

    Sha256(digest)       a file in LFS
    GitSha1(oid, size)   any other: the SHA-1 of `blob <size>\\0` and the bytes (git's object name)

`running()` gives what the bytes are fed to on their way into the store; its `check` comes
before the commit. For a Sha256 that does nothing: the Intake hashes by it anyway, and is told
the digest that it must find.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Protocol

from data_bank_client.errors import DigestMismatchError, InvalidInputError
from data_bank_client.wire.digest import Digest

_OID = re.compile(r"\A[0-9a-f]{40}\Z")


class Running(Protocol):
    def update(self, chunk: bytes | memoryview) -> None: ...

    def check(self) -> None:
        """Raises DigestMismatchError where the bytes fed are not those expected."""
        ...


class Expected(Protocol):
    @property
    def name(self) -> str:
        """Names the content, and nothing else does: letters, digits and hyphens."""
        ...

    @property
    def digest(self) -> Digest | None:
        """What the store is told to find, where it is known."""
        ...

    def running(self) -> Running: ...


class _Left:
    """Left to the Intake."""

    def update(self, chunk: bytes | memoryview) -> None:
        """It hashes."""

    def check(self) -> None:
        """It checks."""


@dataclass(frozen=True, slots=True)
class Sha256:
    digest: Digest

    @property
    def name(self) -> str:
        return f"sha256-{self.digest}"

    def running(self) -> Running:
        return _Left()


class _RunningGitSha1:
    def __init__(self, expected: "GitSha1") -> None:
        self._oid = expected.oid
        self._sha1 = hashlib.sha1(b"blob %d\0" % expected.size, usedforsecurity=False)
        self.update = self._sha1.update

    def check(self) -> None:
        if self._sha1.hexdigest() != self._oid:
            raise DigestMismatchError(f"the bytes received are not git's object {self._oid}")


@dataclass(frozen=True, slots=True)
class GitSha1:
    """Raises InvalidInputError for what is no object name, or no size in bytes."""

    oid: str
    size: int

    def __post_init__(self) -> None:
        if not _OID.match(self.oid) or self.size < 0:
            raise InvalidInputError(
                "a git object is named by 40 hexadecimal digits, and has a size"
            )

    @property
    def digest(self) -> None:
        return None

    @property
    def name(self) -> str:
        return f"git-{self.oid}-{self.size}"

    def running(self) -> Running:
        return _RunningGitSha1(self)
