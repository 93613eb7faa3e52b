"""What commands print: a line a file on stdout, for people or as JSON."""

from collections.abc import Mapping

import msgspec


def show(record: Mapping[str, object], line: str, *, json: bool) -> None:
    """Print the record as JSON, or the line that says the same; it is out when this returns."""
    text = msgspec.json.encode(record).decode() if json else printable(line)
    print(text, flush=True)


def printable(text: str) -> str:
    """The text without what would move a terminal's cursor or cannot be encoded."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)
