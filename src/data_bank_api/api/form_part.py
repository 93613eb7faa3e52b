"""The head of one part of a form: its name, its file's name, its type (RFC 7578, 4.2).

A file's name is what somebody's system says of it: read as UTF-8, with the three characters that
browsers write as `%22`, `%0D` and `%0A`. It is a label, never a path.
"""

import re
from collections.abc import Mapping

from python_multipart.multipart import parse_options_header

# What browsers and curl escape in a name, and nothing else (WHATWG HTML, 4.10.21.8).
_ESCAPED = re.compile(r"%(22|0D|0A)", re.IGNORECASE)
_ESCAPES: Mapping[str, str] = {"22": '"', "0D": "\r", "0A": "\n"}


class PartHead:
    """The headers of one part, as they come in."""

    def __init__(self) -> None:
        self._fields: dict[str, str] = {}
        self._name = bytearray()
        self._value = bytearray()

    def add_name(self, data: bytes, start: int, stop: int) -> None:
        self._name += data[start:stop]

    def add_value(self, data: bytes, start: int, stop: int) -> None:
        self._value += data[start:stop]

    def end_field(self) -> None:
        self._fields[self._name.decode("latin-1").lower()] = self._value.decode("latin-1").strip()
        self._name.clear()
        self._value.clear()

    @property
    def name(self) -> str | None:
        kind, options = parse_options_header(self._fields.get("content-disposition"))
        return options.get(b"name", b"").decode("latin-1") if kind == b"form-data" else None

    @property
    def filename(self) -> str:
        """As it was sent, whatever it holds; empty where there is none."""
        _, options = parse_options_header(self._fields.get("content-disposition"))
        text = options.get(b"filename", b"").decode(errors="replace")
        return _ESCAPED.sub(lambda found: _ESCAPES[found[1].upper()], text)

    @property
    def content_type(self) -> str | None:
        return self._fields.get("content-type")

    @property
    def encoding(self) -> str:
        return self._fields.get("content-transfer-encoding", "").lower()
