"""The name of a file: the SHA-256 of its bytes."""

import hashlib
import re
from dataclasses import dataclass
from typing import Self

from data_bank_client.errors import InvalidInputError

_HEX = re.compile(r"\A[0-9a-f]{64}\Z")


@dataclass(frozen=True, slots=True, order=True)
class Digest:
    """64 lower-case hexadecimal digits. Make one with `parse` or `of`."""

    hex: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a digest; upper case is taken, as some tools print it so.

        Raises InvalidInputError for anything else.
        """
        lowered = text.lower()
        if not text.isascii() or not _HEX.match(lowered):
            raise InvalidInputError("a file's id is its SHA-256 in 64 hexadecimal digits")
        return cls(lowered)

    @classmethod
    def of(cls, content: bytes) -> Self:
        return cls(hashlib.sha256(content).hexdigest())

    @property
    def etag(self) -> str:
        """The strong entity tag of the file, quoted (RFC 9110, 8.8.3)."""
        return f'"{self.hex}"'

    def __str__(self) -> str:
        return self.hex
