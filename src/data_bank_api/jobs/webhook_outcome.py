"""What becomes of a delivery after a try: pure.

2xx            delivered
410            failed: the address is gone for good
anything else  tried again, TRIES times in all over half a day, with growing pauses; what
               `Retry-After` asks for is honoured up to the longest of them
"""

from dataclasses import dataclass
from datetime import timedelta

from data_bank_api.queue.deliveries import Outcome

# Seconds between one try and the next.
PAUSES = (5, 30, 120, 600, 3600, 21600, 21600)
TRIES = len(PAUSES) + 1
_LONGEST = max(PAUSES)
# So much longer at most, by chance: those who failed together do not come back together.
_SPREAD = 0.1
_GONE = 410


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the status, and the seconds that it asks to wait."""

    status: int
    retry_after: float | None = None


def after_reply(reply: Reply, tries: int, chance: float) -> Outcome:
    """`tries` were made before; `chance` is from 0 to 1."""
    if 200 <= reply.status < 300:
        return Outcome("delivered", reply.status)
    if reply.status == _GONE:
        return Outcome("failed", reply.status, "answered 410: nobody is there any more")
    error = f"answered {reply.status}"
    if 300 <= reply.status < 400:
        error = f"{error}: redirects are not followed"
    return _again(reply.status, error, tries, reply.retry_after or 0.0, chance)


def after_silence(error: str, tries: int, chance: float) -> Outcome:
    """No answer came; `error` says why."""
    return _again(None, error, tries, 0.0, chance)


def _again(status: int | None, error: str, tries: int, asked: float, chance: float) -> Outcome:
    if tries + 1 >= TRIES:
        return Outcome("failed", status, error)
    pause = min(max(PAUSES[tries], asked), _LONGEST) * (1 + _SPREAD * chance)
    return Outcome("pending", status, error, timedelta(seconds=pause))
