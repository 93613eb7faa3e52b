"""The path of a file in a repository of the Hub: a name that was judged, and never a local path.

It is written by whoever owns the repository. What could mean something to a file system, a
terminal or a log is refused; other odd names (spaces, `#`, `%`, any letters) are ordinary.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote

from data_bank_client.errors import InvalidInputError

LONGEST_PATH = 1024  # bytes in UTF-8
LONGEST_PART = 255  # bytes: a file system's longest name
_DRIVE = re.compile(r"\A[A-Za-z]:")
_RESERVED = {"", ".", "..", ".git"}  # git itself keeps no such parts


@dataclass(frozen=True, slots=True, order=True)
class HubPath:
    """Parts joined by `/`, none of them empty, `.`, `..` or `.git`. Make one with `parse`."""

    text: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises InvalidInputError, which shows the name with all that is odd escaped."""
        says = _judge(text)
        if says is not None:
            raise InvalidInputError(
                f"a file of the repository cannot be named {_shown(text)}: {says}"
            )
        return cls(text)

    @property
    def name(self) -> str:
        return self.text.rpartition("/")[2]

    @property
    def quoted(self) -> str:
        """As it stands in an address: `/` stays."""
        return quote(self.text)

    def __str__(self) -> str:
        return self.text


def _judge(text: str) -> str | None:
    """What is wrong with a name; None if nothing is."""
    if not text:
        return "it is empty"
    if any(map(_is_hidden, text)):
        return "it has control characters"
    if len(text.encode()) > LONGEST_PATH:
        return f"it is longer than {LONGEST_PATH} bytes"
    if "\\" in text or _DRIVE.match(text) or text.startswith("/"):
        return "it is a path of a system, not of a repository"
    return _judge_parts(text.split("/"))


def _judge_parts(parts: list[str]) -> str | None:
    if any(each.lower() in _RESERVED for each in parts):
        return "it has a part that is empty, `.`, `..` or `.git`"
    if any(len(each.encode()) > LONGEST_PART for each in parts):
        return f"it has a part of more than {LONGEST_PART} bytes"
    return None


def _is_hidden(character: str) -> bool:
    """Control characters, line ends, halves of surrogate pairs."""
    return unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}


def _shown(text: str) -> str:
    return ascii(text if len(text) <= 80 else f"{text[:80]}...")
