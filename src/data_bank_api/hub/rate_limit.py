"""What an answer of the Hub says of how much more may be asked.

RateLimit: "api";r=3;t=120        3 more requests in the next 120 seconds
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from data_bank_client.wire.retry_after import retry_after

LONGEST_PAUSE = 310.0  # seconds: a window of the Hub has 300
_LIMIT = re.compile(r'"([a-z-]{1,32})"\s*;\s*r\s*=\s*([0-9]{1,9})\s*;\s*t\s*=\s*([0-9]{1,9})')
# As long as more than these are left, nobody waits.
_PLENTY = 20


@dataclass(frozen=True, slots=True)
class RateLimit:
    """`bucket`: what kind of requests are counted. `seconds`: until they are counted anew."""

    bucket: str
    remaining: int
    seconds: float

    @classmethod
    def parse(cls, header: str) -> Self | None:
        """None where nothing is said that can be read."""
        found = _LIMIT.search(header)
        if found is None:
            return None
        return cls(found.group(1), int(found.group(2)), float(found.group(3)))

    @property
    def spacing(self) -> float:
        """The seconds from one request to the next with which what is left lasts."""
        if self.remaining > _PLENTY:
            return 0.0
        return min(self.seconds, LONGEST_PAUSE) / (self.remaining + 1)


def asked_pause(headers: Mapping[str, str]) -> float | None:
    """The seconds to wait that a refusal asks for, None where it does not say."""
    asked = retry_after(headers)
    limit = RateLimit.parse(headers.get("ratelimit", ""))
    if asked is None and limit is not None and limit.remaining == 0:
        return limit.seconds
    return asked
