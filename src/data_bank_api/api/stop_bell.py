"""A bell that rings as soon as this process is asked to stop.

Servers tell the application of a stop only when what is under way has ended; an answer without an
end listens here. The handlers of SIGTERM and SIGINT that the server has set are called as before.

Under the plain `hypercorn` command worker processes are not asked by a signal: there nobody rings,
and what listens is ended each DEAF_SECONDS, so that a stop does not wait for ever.
"""

import asyncio
import signal
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from types import FrameType

DEAF_SECONDS = 30.0
_AGAIN_SECONDS = 0.1

_Handler = Callable[[int, FrameType | None], object]
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class StopBell:
    def __init__(self) -> None:
        self._rung = asyncio.Event()
        self._before: dict[signal.Signals, _Handler] = {}
        self._wake: Callable[[], object] = self._rung.set

    def start(self) -> None:
        """Listen from now on, in the running loop, once the server has set its handlers."""
        loop = asyncio.get_running_loop()
        self._wake = lambda: loop.call_soon_threadsafe(self._rung.set)
        if threading.current_thread() is not threading.main_thread():
            return
        for each in _SIGNALS:
            handler = signal.getsignal(each)
            if callable(handler):
                self._before[each] = handler
                signal.signal(each, self._ring)

    def stop(self) -> None:
        """Leave the handlers as they were."""
        for each, handler in self._before.items():
            if signal.getsignal(each) == self._ring:
                signal.signal(each, handler)
        self._before.clear()

    async def until_rung(
        self, work: Coroutine[None, None, None], seconds: float | None = None
    ) -> None:
        """Do the work to its end, or end it where a stop is asked for, or after so many seconds.

        Where a stop cannot be heard it is ended after DEAF_SECONDS.
        """
        working = asyncio.ensure_future(work)
        listening = asyncio.ensure_future(self._listen(seconds))
        try:
            await asyncio.wait((working, listening), return_when=asyncio.FIRST_COMPLETED)
        finally:
            await _end(working, listening)
        if not working.cancelled():
            working.result()

    async def _listen(self, seconds: float | None) -> None:
        bounds = (seconds, None if self._before else DEAF_SECONDS)
        longest = min((each for each in bounds if each is not None), default=None)
        with suppress(TimeoutError):
            async with asyncio.timeout(longest):
                await self._rung.wait()

    def _ring(self, number: int, frame: FrameType | None) -> None:
        self._wake()
        self._before[signal.Signals(number)](number, frame)


async def _end(*tasks: asyncio.Future[None]) -> None:
    """Cancelled until they have ended: redis-py (8.1) now and then loses a cancellation."""
    pending = set(tasks)
    while pending:
        for each in pending:
            each.cancel()
        _, pending = await asyncio.wait(pending, timeout=_AGAIN_SECONDS)
