"""How long an answer asks to wait."""

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

_SECONDS = re.compile(r"\A[0-9]{1,9}\Z")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that `Retry-After` asks for (RFC 9110, 10.2.3), None where it cannot be read.

    A date is measured against the answer's own `Date`, so that a wrong clock here is no matter.
    """
    text = headers.get("retry-after", "")
    if _SECONDS.match(text):
        return float(text)
    try:
        until, now = parsedate_to_datetime(text), parsedate_to_datetime(headers.get("date", ""))
        return max(0.0, (until - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        # TypeError: only one of the two names its zone. OverflowError: a number no clock shows.
        return None
