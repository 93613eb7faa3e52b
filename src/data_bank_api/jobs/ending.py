"""How a run is ended from outside: at once, and where that does no harm.

    asked before the window is open     RunEnded is raised when it opens
    while it is open                    RunEnded is raised in the main thread, whatever it is at
    after it was closed                 remembered, and nothing more: the run has ended by itself

The window is open around the work of a kind alone, and RunEnded is raised there once: what
cleans up after it, and what tells of the end, is not cut off.
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from types import FrameType
from typing import TypeVar

T = TypeVar("T")


class Cause(Enum):
    OVER = "over"  # cancelled, or another attempt has taken its place
    STOP = "stop"  # its worker stops


class RunEnded(BaseException):
    """The run ends here. No Exception, so that only the runner catches it."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause.value)
        self.cause = cause


_SIGNALS = {signal.SIGTERM: Cause.STOP, signal.SIGUSR1: Cause.OVER}


class Window:
    """For a process that runs one job in its main thread."""

    def __init__(self) -> None:
        self.cause: Cause | None = None
        self._is_open = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Within, SIGTERM asks the run to stop. From the main thread."""
        before = {number: signal.signal(number, self._on_signal) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def end(self) -> None:
        """The run is over. From any thread."""
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)

    def guard(self, action: Callable[[], T]) -> T:
        """Do it with the window open. Raises RunEnded, at any line of it."""
        self._is_open = True
        try:
            if self.cause is not None:
                raise RunEnded(self.cause)
            return action()
        finally:
            self._is_open = False

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self.cause = self.cause or _SIGNALS[signal.Signals(number)]
        if self._is_open:
            self._is_open = False  # once: what cleans up is not cut off
            raise RunEnded(self.cause)
