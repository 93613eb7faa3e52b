"""What commands print: a line a file on stdout, for people or as JSON."""

from collections.abc import Mapping

import msgspec


def show(record: Mapping[str, object], line: str, *, json: bool) -> None:
    """Print the record as JSON, or the line that says the same; it is out when this returns."""
    print(json_line(record) if json else printable(line), flush=True)


def json_line(record: Mapping[str, object]) -> str:
    """The record as JSON. A name that is not UTF-8 is in it as `printable` has it."""
    known = {name: _encodable(v) if isinstance(v, str) else v for name, v in record.items()}
    return msgspec.json.encode(known).decode()


def _encodable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def printable(text: str) -> str:
    """The text without what would move a terminal's cursor or cannot be encoded."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)
