"""The folder that somebody wants scanned: a name that was judged, and not yet a place.

Relative to one of the roots, or absolute below one; `.` is all of a root.
"""

import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from data_bank_client.errors import InvalidInputError

LONGEST = 4096  # bytes in UTF-8


@dataclass(frozen=True, slots=True)
class ScanPath:
    """Make one with `parse`. Equal folders have equal texts, as far as the text tells."""

    text: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises InvalidInputError."""
        parts = [each for each in text.split("/") if each not in {"", "."}]
        if not text or any(unicodedata.category(each) in {"Cc", "Cs"} for each in text):
            raise InvalidInputError("path: a folder's name, without control characters")
        if ".." in parts:
            raise InvalidInputError("path: it may not have `..` in it")
        if len(text.encode()) > LONGEST:
            raise InvalidInputError(f"path: it is longer than {LONGEST} bytes")
        return cls(("/" if text.startswith("/") else "") + "/".join(parts) or ".")

    def below(self, root: Path) -> str | None:
        """What is left of it below a root; None where it is not there."""
        if not self.text.startswith("/"):
            return self.text
        path = Path(self.text)
        return str(path.relative_to(root)) if path.is_relative_to(root) else None

    def __str__(self) -> str:
        return self.text
