"""The parts of a bank that run beside its server, kept running by one thread.

    one cannot start     `start` says why
    one is lost          it is started again, after a pause that grows while it dies at once
    the stop             they end in turn, the last first; who does not is killed

They live no longer than the thread (commands/leash.py), and so no longer than this process.
"""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import structlog

from data_bank_api.commands.leash import Leashed
from data_bank_api.commands.part import Part, StartError

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

FIRST_PAUSE = 0.25
LONGEST_PAUSE = 5.0
# Who lived so long did not die at once.
_LIFE = 10.0
_LOOK_SECONDS = 0.2


class Keeper:
    """`start`, and in any case `stop`."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._kept = [_Kept(part) for part in parts]
        self._stop = threading.Event()
        self._hurry = threading.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="keeper")
        self._watching: Future[None] | None = None

    def start(self) -> None:
        """Until all can be used. Raises StartError."""
        self._thread.submit(self._begin).result()
        self._watching = self._thread.submit(self._watch)

    def stop(self) -> None:
        """Until nothing runs. Raises what has ended the watching before, if anything has."""
        self._stop.set()
        self._thread.submit(self._end).result()  # after what the thread has begun
        self._thread.shutdown()
        if self._watching is not None:
            self._watching.result()

    def hurry(self) -> None:
        """A stop that is under way has no more patience."""
        self._hurry.set()

    def _begin(self) -> None:
        for each in self._kept:
            each.begin(self._stop)

    def _watch(self) -> None:
        while not self._stop.wait(_LOOK_SECONDS):
            for each in self._kept:
                each.look(time.monotonic())

    def _end(self) -> None:
        for each in reversed(self._kept):
            each.end(self._hurry)


class _Kept:
    def __init__(self, part: Part) -> None:
        self._part = part
        self._process: Leashed | None = None
        self._started_at = 0.0
        self._pause = 0.0
        self._due_at = 0.0

    def begin(self, stop: threading.Event) -> None:
        """Raises StartError."""
        if not stop.is_set():
            self._part.wait(self._start(time.monotonic()), stop)

    def look(self, now: float) -> None:
        """Note that it is lost; start it again when its pause is over."""
        if self._process is not None:
            code = self._process.poll()
            if code is not None:
                self._lose(self._process, code, now)
        elif now >= self._due_at:
            self._restart(now)

    def end(self, hurry: threading.Event) -> None:
        if self._process is not None:
            # Who waits at the terminal is told for what: a job may take its time to end.
            log.info("a part stops", **self._names(self._process), within=self._part.patience)
            if not self._process.end(self._part.patience, hurry):
                log.error("a part did not stop and was killed", **self._names(self._process))
            code = self._process.poll()
            log.info("a part was stopped", **self._names(self._process), exit_code=code)
        self._part.close()

    def _start(self, now: float) -> Leashed:
        self._process, self._started_at = self._part.start(), now
        log.info("a part was started", **self._names(self._process))
        return self._process

    def _restart(self, now: float) -> None:
        try:
            self._start(now)
        except StartError as error:
            log.warning("a part cannot be started", part=self._part.name, reason=str(error))
            self._wait(now, lived=0.0)

    def _lose(self, process: Leashed, code: int, now: float) -> None:
        log.error(
            "a part was lost",
            **self._names(process),
            exit_code=code,
            last_words=self._part.last_words(),
        )
        self._process = None
        self._wait(now, lived=now - self._started_at)

    def _wait(self, now: float, lived: float) -> None:
        self._pause = next_pause(self._pause, lived)
        self._due_at = now + self._pause

    def _names(self, process: Leashed) -> dict[str, str | int]:
        return {"part": self._part.name, "process": process.pid}


def next_pause(before: float, lived: float) -> float:
    """How many seconds to wait with a part that has lived so long."""
    if lived >= _LIFE or before == 0:
        return FIRST_PAUSE
    return min(before * 2, LONGEST_PAUSE)
