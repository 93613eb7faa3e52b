"""Where fetched bytes go: on to the caller, or into memory. Into a file is partial.py."""

import hashlib
from typing import Never

from data_bank_client.calls.call import Give, Phase, Progress
from data_bank_client.calls.portion import Portion
from data_bank_client.errors import RangeNotSatisfiableError
from data_bank_client.wire.digest import Digest


class Passing:
    """Hands every byte on once, and hashes it; what comes again is read over."""

    def __init__(self, on_progress: Progress | None = None) -> None:
        self._hash = hashlib.sha256()
        self._size: int | None = None
        self._on_progress = on_progress
        self.position = 0

    def begin(self, portion: Portion) -> None:
        self._size = portion.size

    def take(self, start: int, chunk: bytes) -> Give[bytes] | None:
        fresh = chunk[self.position - start :]
        if not fresh:
            return None
        self._hash.update(fresh)
        self.position += len(fresh)
        if self._on_progress is not None:
            self._on_progress(Phase.RECEIVING, self.position, self._size)
        return Give(fresh)

    @property
    def digest(self) -> Digest:
        """The SHA-256 of what was handed on."""
        return Digest(self._hash.hexdigest())


class Window:
    """Keeps bytes `start` up to `stop` in memory, and no others."""

    def __init__(self, start: int, stop: int) -> None:
        self._stop = stop
        self.position = start
        self.content = bytearray()

    def begin(self, portion: Portion) -> None:
        """Raises RangeNotSatisfiableError where the file ends before the window begins."""
        if portion.size <= self.position:
            raise RangeNotSatisfiableError(
                f"byte {self.position} is behind the file's end", size=portion.size
            )

    def take(self, start: int, chunk: bytes) -> Give[Never] | None:
        fresh = chunk[self.position - start :][: self._stop - self.position]
        self.content += fresh
        self.position += len(fresh)
        return None
