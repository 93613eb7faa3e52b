"""How many bytes may be on their way at once, over all parts of all files.

Who comes first is served first, be it large or small: so nobody waits for ever, and nobody
who holds a share waits for another one, so there is no deadlock. A share that is larger than
the whole budget is the whole budget.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# How long somebody who waits may take to notice that it need not, in seconds.
_LOOK_UP = 0.1


class ByteBudget:
    def __init__(self, total: int) -> None:
        """Raises ValueError for a budget of nothing."""
        if total < 1:
            raise ValueError("a budget has at least one byte")
        self.total = total
        self._free = total
        self._queue: deque[object] = deque()
        self._turn = threading.Condition()

    @property
    def free(self) -> int:
        return self._free

    @property
    def waiting(self) -> int:
        """How many wait for a share."""
        return len(self._queue)

    @contextmanager
    def share(self, count: int, check: Callable[[], None]) -> Iterator[None]:
        """Hold `count` bytes of it. `check` is called while waiting, and may raise."""
        taken = min(count, self.total)
        self._take(taken, check)
        try:
            yield
        finally:
            with self._turn:
                self._free += taken
                self._turn.notify_all()

    def _take(self, count: int, check: Callable[[], None]) -> None:
        ticket = object()
        with self._turn:
            self._queue.append(ticket)
            try:
                while self._queue[0] is not ticket or self._free < count:
                    self._turn.wait(_LOOK_UP)
                    check()
                self._free -= count
            finally:
                self._queue.remove(ticket)
                self._turn.notify_all()
