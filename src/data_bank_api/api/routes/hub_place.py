"""Where a page of the mirror's lists begins: behind a path, or before a snapshot."""

import struct
from collections.abc import Sequence

from starlette.datastructures import QueryParams

from data_bank_api.api.cursor import BadCursorError, format_cursor
from data_bank_api.api.page_query import read_place
from data_bank_api.hub.artifact import Artifact
from data_bank_api.hub.hub_path import HubPath
from data_bank_api.hub.snapshots import Snapshot
from data_bank_client.errors import InvalidInputError

_NUMBER = struct.Struct(">q")


def next_path(list_name: str, found: Sequence[Artifact], limit: int) -> str | None:
    """The cursor of what comes after the first `limit` of these; None where there is no more."""
    if len(found) <= limit:
        return None
    return format_cursor(list_name, found[limit - 1].file.path.text.encode())


def read_path(query: QueryParams, list_name: str) -> str | None:
    """None at the beginning. Raises BadCursorError."""
    content = read_place(query, list_name)
    try:
        return None if content is None else HubPath.parse(content.decode()).text
    except (InvalidInputError, UnicodeDecodeError):
        raise BadCursorError from None


def next_snapshot(list_name: str, found: Sequence[Snapshot], limit: int) -> str | None:
    """As `next_path`."""
    if len(found) <= limit:
        return None
    return format_cursor(list_name, _NUMBER.pack(found[limit - 1].snapshot_id))


def read_snapshot_number(query: QueryParams, list_name: str) -> int | None:
    """None at the beginning. Raises BadCursorError."""
    content = read_place(query, list_name)
    if content is None:
        return None
    if len(content) != _NUMBER.size:
        raise BadCursorError
    return int.from_bytes(content, signed=True)
