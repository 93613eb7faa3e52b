"""Long work at a pace, and a stop that is asked for, by Ctrl-C or SIGTERM, where it may end."""

import math
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from data_bank_api.blobs.disk.pace import SteadyPace
from data_bank_client.errors import InvalidInputError

MEGABYTE = 10**6


class Stop:
    is_asked = False

    def look(self) -> bool:
        """Whether a stop was asked for."""
        return self.is_asked


@contextmanager
def stop_on_signals() -> Iterator[Stop]:
    """Within, the first signal asks; a second one does what it always did."""
    stop = Stop()
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.is_asked = True
        restore()

    for each in before:
        signal.signal(each, ask)
    try:
        yield stop
    finally:
        restore()


def pace_of(rate: float, stop: Stop) -> SteadyPace:
    """So many megabytes a second, 0 for any number, until the stop. Raises InvalidInputError."""
    if not 0 <= rate < math.inf:
        raise InvalidInputError("--rate: must be a number of megabytes, or 0 for no limit")
    return SteadyPace(rate * MEGABYTE, stop.look)


def leave(code: int, stop: Stop) -> None:
    """End with the code; with 0 return, or say that it was interrupted where it was."""
    if code:
        raise SystemExit(code)
    if stop.is_asked:
        raise KeyboardInterrupt
