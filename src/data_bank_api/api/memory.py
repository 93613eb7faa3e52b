"""Memory that is no longer used, given back to the system.

What many threads have freed stays with the C library, which seldom gives it back by itself:
after a crowd has left, a process would stay as large as it was with it. Each freed chunk could
go back at once, but taking new ones from the system makes downloads three times slower.
"""

import ctypes
import threading

TIDY_SECONDS = 5.0


class Memory:
    """Gives back what is free, every TIDY_SECONDS, in a thread of its own.

    Without glibc there is nothing to do: other C libraries give back by themselves, or never.
    """

    def __init__(self, seconds: float = TIDY_SECONDS) -> None:
        self._seconds = seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="memory", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        while trim is not None and not self._stop.wait(self._seconds):
            trim(0)
