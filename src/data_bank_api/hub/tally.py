"""How far a download is: files, bytes and the rate, for who waits for it."""

import threading
import time
from collections import deque
from collections.abc import Callable

from data_bank_api.hub.artifact import Artifact, Sum
from data_bank_api.hub.rate_words import rate_words
from data_bank_api.hub.transfer_meter import Transfer

_REMEMBERED = 10.0  # seconds: the rate is that of the last so many


class Tally:
    """Counts towards `total`. `follow` may be called from several threads."""

    def __init__(self, total: Sum, seconds: Callable[[], float] = time.monotonic) -> None:
        self.total = total
        self.held = Sum()
        self.fetched = Sum()
        self.failed = 0
        self._seconds = seconds
        self._turn = threading.Lock()
        self._flying: dict[str, Transfer] = {}
        self._moved = 0
        self._marks = deque([(seconds(), 0)])

    def follow(self, artifact: Artifact, transfer: Transfer) -> None:
        """How far a file on its way is."""
        with self._turn:
            self._flying[artifact.artifact_id] = transfer

    def land(self, artifact: Artifact, *, is_stored: bool) -> None:
        """It is not on its way any more."""
        with self._turn:
            last = self._flying.pop(artifact.artifact_id, None)
            self._moved += 0 if last is None else last.moved
            self.fetched += Sum(1, artifact.file.size) if is_stored else Sum()

    @property
    def done(self) -> Sum:
        """What is there of the total."""
        with self._turn:
            flying = sum(each.done for each in self._flying.values())
        return self.held + self.fetched + Sum(0, flying)

    @property
    def moved(self) -> int:
        """The bytes that came over the network."""
        with self._turn:
            return self._moved + sum(each.moved for each in self._flying.values())

    @property
    def percent(self) -> float:
        """Of the bytes, or where there are none, of the files."""
        done, total = self.done, self.total
        if total.bytes:
            return min(100 * done.bytes / total.bytes, 100.0)
        return min(100 * done.files / max(total.files, 1), 100.0)

    def rate(self) -> float:
        """Bytes a second, since it was asked some seconds ago."""
        now, moved = self._seconds(), self.moved
        self._marks.append((now, moved))
        while now - self._marks[0][0] > _REMEMBERED:
            self._marks.popleft()
        since, before = self._marks[0]
        return (moved - before) / (now - since) if now > since else 0.0

    def tell(self) -> tuple[str, dict[str, object]]:
        """In words, and for programs."""
        done, total, rate = self.done, self.total, self.rate()
        numbers: dict[str, object] = {
            "files": done.files,
            "files_total": total.files,
            "files_failed": self.failed,
            "bytes": done.bytes,
            "bytes_total": total.bytes,
            "bytes_per_second": round(rate),
        }
        return f"{done.files} of {total.files} files, {rate_words(rate)}", numbers
