"""The heart of a run: a thread that shows each second that the run lives, and how far it is.

the run is not its job's any more   it is ended: RunEnded, and 5 seconds later the process
the database is away                it goes on; the dispatcher counts silence anew after that
the worker that forked it is gone   the process ends, at once
the heart itself fails              the run is ended: none goes on unseen
"""

import os
import signal
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from data_bank_api.db.database import DatabaseAwayError
from data_bank_api.events.gate import ProgressGate
from data_bank_api.jobs.ending import Window
from data_bank_api.queue.claims import Claim
from data_bank_api.queue.new_events import Progress

PERIOD = 1.0
PATIENCE = 5.0
ENDED = 3  # the exit code of a run that did not come to its own end
ORPHANED = 128 + signal.SIGKILL  # as if it had been killed with its worker


class Heart:
    """Beats within a `with`. Made and left in the main thread."""

    def __init__(
        self,
        claim: Claim,
        gate: ProgressGate,
        window: Window,
        is_orphan: Callable[[], bool],
        period: float = PERIOD,
        patience: float = PATIENCE,
    ) -> None:
        self._claim = claim
        self._gate = gate
        self._untold: Progress | None = None
        self._window = window
        self._is_orphan = is_orphan
        self._period = period
        self._patience = patience
        self._is_done = threading.Event()
        self._thread = threading.Thread(target=self._live, name="heart", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._is_done.set()
        self._thread.join()

    def _live(self) -> None:
        try:
            while not self._is_done.wait(self._period) and self._beat():
                pass
        finally:
            if not self._is_done.is_set():
                self._end()

    def _beat(self) -> bool:
        """Whether the run is still its job's."""
        if self._is_orphan():
            os._exit(ORPHANED)
        newest = self._gate.take(time.monotonic())
        if newest is not None:
            self._untold = newest
        try:
            is_ours = self._claim.beat(self._untold)
        except DatabaseAwayError:
            return True
        self._untold = None
        return is_ours

    def _end(self) -> None:
        self._window.end()
        if not self._is_done.wait(self._patience):
            os._exit(ENDED)  # it does not let itself be ended
