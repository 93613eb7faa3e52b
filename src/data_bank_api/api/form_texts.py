"""The short texts that a form has beside its file: each named beforehand, bounded, and judged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from data_bank_client.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class TextField:
    """`parse` gives the text as it counts, or raises InvalidInputError."""

    most_bytes: int
    parse: Callable[[str], str]


class FormTexts:
    """Those of these fields that a form has. A field that is not among them is none of them."""

    def __init__(self, fields: Mapping[str, TextField]) -> None:
        self._fields = fields
        self._found: dict[str, bytearray] = {}
        self._read: dict[str, str] = {}

    def begin(self, name: str) -> bool:
        """Whether it is one of them. Raises InvalidInputError for one that was there before."""
        if name not in self._fields:
            return False
        if name in self._found:
            raise InvalidInputError(f"the form has more than one part named {name}")
        self._found[name] = bytearray()
        return True

    def add(self, name: str, data: bytes) -> None:
        """Raises InvalidInputError where it becomes too long."""
        found = self._found[name]
        found += data
        if len(found) > self._fields[name].most_bytes:
            raise InvalidInputError(f"{name} is too long")

    def finish(self) -> None:
        """All of them came. Raises InvalidInputError for one that is not taken."""
        for name, found in self._found.items():
            try:
                text = found.decode()
            except UnicodeDecodeError:
                raise InvalidInputError(f"{name} is not UTF-8") from None
            self._read[name] = self._fields[name].parse(text)

    def get(self, name: str) -> str | None:
        """After `finish`: as it was parsed; None where there was none."""
        return self._read.get(name)
