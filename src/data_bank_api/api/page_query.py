"""What every list is asked by: `limit` and `cursor`."""

from starlette.datastructures import QueryParams

from data_bank_api.api.cursor import parse_cursor
from data_bank_client.errors import InvalidInputError


def read_limit(query: QueryParams, default: int, most: int) -> int:
    """From 1 to `most`. Raises InvalidInputError."""
    text = query.get("limit")
    if text is None:
        return default
    is_number = text.isascii() and text.isdecimal() and len(text) < 10
    if not is_number or not 1 <= int(text) <= most:
        raise InvalidInputError(f"limit must be from 1 to {most}")
    return int(text)


def read_place(query: QueryParams, list_name: str) -> bytes | None:
    """Where the page begins; None at the beginning. Raises BadCursorError."""
    text = query.get("cursor")
    return parse_cursor(list_name, text) if text else None
