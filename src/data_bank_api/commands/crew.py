"""Several processes that work side by side, and the one that watches them.

    one is lost               another of the same hire takes its place
    one cannot start          all end, with its exit code
    SIGTERM or SIGINT         each is asked to stop, and waited for; who does not is killed

uvicorn brings a supervisor of its own; Hypercorn's ends all when one is lost, and at a stop
gives requests no time.
"""

import multiprocessing
import signal
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import ParamSpec

import structlog

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

P = ParamSpec("P")

# As of uvicorn, whose import takes longer than the rest of a worker's.
STARTUP_FAILURE = 3

_LOOK_SECONDS = 0.2
_RESPAWN_SECONDS = 0.5


Hire = Callable[[], BaseProcess]


class Crew:
    """Each of `hires` makes a process that is not started yet, which is a member of the crew.

    `patience` is the seconds that a stop has.
    """

    def __init__(self, hires: Sequence[Hire], patience: float) -> None:
        self._patience = patience
        self._open = list(hires)  # places that nobody has
        self._members: dict[BaseProcess, Hire] = {}
        self._is_stopping = False

    def run(self) -> int:
        """Until a signal asks for the stop. The exit code of the whole."""
        for asked in (signal.SIGINT, signal.SIGTERM):
            signal.signal(asked, self._on_signal)
        code = 0
        self._fill()
        while not self._is_stopping:
            wait([each.sentinel for each in self._members], timeout=_LOOK_SECONDS)
            lost = [each for each in self._members if each.exitcode is not None]
            if any(each.exitcode == STARTUP_FAILURE for each in lost):
                code = STARTUP_FAILURE
                break
            if lost and not self._is_stopping:
                self._replace(lost)
        self._dismiss()
        return code

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._is_stopping = True

    def _fill(self) -> None:
        while self._open:
            hire = self._open.pop(0)
            member = hire()
            member.start()
            self._members[member] = hire

    def _replace(self, lost: list[BaseProcess]) -> None:
        for each in lost:
            log.error("a worker was lost", process=each.pid, exit_code=each.exitcode)
            self._open.append(self._members.pop(each))
        time.sleep(_RESPAWN_SECONDS)  # one that dies at once must not keep a processor busy
        self._fill()

    def _dismiss(self) -> None:
        deadline = time.monotonic() + self._patience
        for each in self._members:
            each.terminate()
        for each in self._members:
            each.join(max(0.0, deadline - time.monotonic()))
            if each.exitcode is None:
                log.error("a worker did not stop and is killed", process=each.pid)
                each.kill()
                each.join()


def spawn(target: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> BaseProcess:
    """A process of a fresh interpreter, not started yet."""
    return multiprocessing.get_context("spawn").Process(target=target, args=args, kwargs=kwargs)


def fork(target: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> BaseProcess:
    """A process that has all that this one has loaded, and so begins at once; not started yet.

    For one without threads. Signals do there what they do in any process.
    """

    def begin() -> None:
        for asked in (signal.SIGINT, signal.SIGTERM):
            signal.signal(asked, signal.SIG_DFL)
        target(*args, **kwargs)

    return multiprocessing.get_context("fork").Process(target=begin)
