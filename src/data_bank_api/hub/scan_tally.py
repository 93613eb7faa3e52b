"""How far a scan is, and what came of it: files and bytes, for who waits for it."""

import threading
import time
from collections import Counter
from collections.abc import Callable

from data_bank_api.hub.artifact import Sum
from data_bank_api.hub.rate_words import rate_words
from data_bank_api.hub.scan_manifest import Scanned


class ScanTally:
    """`on_read` and `on_stored` may be called from several threads."""

    def __init__(self, total: Sum, seconds: Callable[[], float] = time.monotonic) -> None:
        self.total = total
        self.taken = Sum()
        self.new = Sum()
        self.done = 0  # files, taken or not
        self.artifacts = 0
        self.kinds: Counter[str] = Counter()
        self._seconds = seconds
        self._begun = seconds()
        self._turn = threading.Lock()
        self._read = 0
        self._stored = 0

    def on_read(self, count: int) -> None:
        with self._turn:
            self._read += count

    def on_stored(self, count: int) -> None:
        with self._turn:
            self._stored += count

    def take(self, scanned: Scanned, *, is_new: bool) -> None:
        """It is in the bank; new it is once, by whatever name."""
        one = Sum(1, scanned.content.blob.size)
        self.taken += one
        self.new += one if is_new else Sum()
        self.kinds[scanned.kind.kind] += 1

    def pass_by(self) -> None:
        """One more, be it taken or not."""
        self.done += 1

    @property
    def percent(self) -> float:
        """Of the bytes, or where there are none, of the files: both as they were counted."""
        if self.total.bytes:
            return min(100 * self._read / self.total.bytes, 100.0)
        return min(100 * self.done / max(self.total.files, 1), 100.0)

    def tell(self) -> tuple[str, dict[str, object]]:
        """In words, and for programs."""
        with self._turn:
            read, stored = self._read, self._stored
        rate = read / max(self._seconds() - self._begun, 1e-3)
        numbers: dict[str, object] = {
            "files": self.done,
            "files_total": self.total.files,
            "bytes": read,
            "bytes_total": self.total.bytes,
            "bytes_stored": stored,
            "bytes_per_second": round(rate),
        }
        files = f"{self.done} of {self.total.files} files"
        return f"{files}, {rate_words(rate)}", numbers

    def summary(self) -> dict[str, object]:
        """What came of it: files and bytes that are in the bank now, and of what kinds."""
        return {
            "files": self.taken.files,
            "bytes": self.taken.bytes,
            "files_new": self.new.files,
            "bytes_new": self.new.bytes,
            "kinds": dict(self.kinds),
            "artifacts_completed": self.artifacts,
        }
