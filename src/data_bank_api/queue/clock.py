"""The clock that the tables are written by: it is handed in, so that tests have their own."""

from collections.abc import Callable
from datetime import UTC, datetime

# The moment it is, with its zone.
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)
