"""Moments on the wire: RFC 3339 in UTC, with microseconds."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec

from data_bank_client.errors import InvalidInputError

_Aware = Annotated[datetime, msgspec.Meta(tz=True)]


def format_time(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds: `2026-11-21T10:00:00.000000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def parse_time(text: str) -> datetime:
    """RFC 3339, of any zone but with one; in UTC. Raises InvalidInputError."""
    try:
        return msgspec.convert(text, _Aware).astimezone(UTC)
    except (msgspec.ValidationError, OverflowError):  # which is a day before the first, say
        raise InvalidInputError(
            "a time is written as 2026-11-21T10:00:00Z, or with a zone such as +01:00 for Z"
        ) from None
