"""What is done although the database may be away for a moment."""

import time
from collections.abc import Callable
from typing import TypeVar

from data_bank_api.db.database import DatabaseAwayError

T = TypeVar("T")

_PAUSE_SECONDS = 0.5


def insist(action: Callable[[], T], patience: float) -> T:
    """Do it, again and again while the database is away, for so many seconds.

    Raises DatabaseAwayError in the end.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            return action()
        except DatabaseAwayError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(_PAUSE_SECONDS)
