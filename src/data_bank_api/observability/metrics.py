"""What the service counts of itself: the table of these metrics, and how each is told of.

Values of labels come from tables: a method, the template of a route, a status. Never a path, a
digest or a key.
"""

from dataclasses import dataclass

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
)

UNMATCHED = "unmatched"
OTHER = "other"
# Of a client that left before it was answered; nginx has the number for that.
GONE = 499

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"})
_MOMENTS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
_MINUTES = (10, 30, 60, 300)


@dataclass(frozen=True, slots=True)
class _Line:
    """The metrics of one method, route and status."""

    seconds: Histogram
    received: Counter
    sent: Counter


class Metrics:
    """Each method may be called from any thread, and takes a few microseconds at most."""

    def __init__(self, registry: CollectorRegistry | None) -> None:
        disable_created_metrics()  # they cannot be had of several processes
        self._lines: dict[tuple[str, str, int], _Line] = {}
        self._seconds = Histogram(
            "databank_http_request_duration_seconds",
            "Time from a request's head to the end of its answer.",
            ("method", "route", "status"),
            buckets=_MOMENTS + _MINUTES,
            registry=registry,
        )
        self._received = Counter(
            "databank_http_received_bytes",
            "Bytes of request bodies.",
            ("method", "route"),
            registry=registry,
        )
        self._sent = Counter(
            "databank_http_sent_bytes",
            "Bytes of answer bodies.",
            ("method", "route"),
            registry=registry,
        )
        self._uploads = Gauge(
            "databank_uploads_in_flight",
            "Files that are being received.",
            multiprocess_mode="livesum",
            registry=registry,
        )
        self._downloads = Gauge(
            "databank_downloads_in_flight",
            "Answers of `GET /files/{id}` that are being sent, in more than one piece.",
            multiprocess_mode="livesum",
            registry=registry,
        )
        for gauge in (self._uploads, self._downloads):
            gauge.set(0)  # not what a dead worker of this number had
        self._new = Counter(
            "databank_files_stored", "Files stored that were not there.", registry=registry
        )
        self._repeated = Counter(
            "databank_dedup_hits", "Uploads of files that were there.", registry=registry
        )
        self._bad = Counter(
            "databank_quarantined_blobs",
            "Copies found damaged while they were served, and put into quarantine.",
            registry=registry,
        )
        self._held = Counter(
            "databank_files_from_memory",
            "Downloads of small files that the system still had in memory.",
            registry=registry,
        )
        self._syncs = Histogram(
            "databank_fsync_duration_seconds",
            "Time that an fsync of a file or folder took.",
            buckets=_MOMENTS,
            registry=registry,
        )

    def served(
        self, method: str, route: str, status: int, received: int, sent: int, seconds: float
    ) -> None:
        """A request is over: the template of its route, and the bytes of both bodies."""
        line = self._lines.get((method, route, status)) or self._line(method, route, status)
        line.seconds.observe(seconds)
        if received:
            line.received.inc(received)
        if sent:
            line.sent.inc(sent)

    def _line(self, method: str, route: str, status: int) -> _Line:
        known = method if method in METHODS else OTHER
        line = _Line(
            self._seconds.labels(known, route, str(status)),
            self._received.labels(known, route),
            self._sent.labels(known, route),
        )
        if known == method:  # others are without number
            self._lines[method, route, status] = line
        return line

    def upload_begun(self) -> None:
        self._uploads.inc()

    def upload_ended(self) -> None:
        self._uploads.dec()

    def download_begun(self) -> None:
        self._downloads.inc()

    def download_ended(self) -> None:
        self._downloads.dec()

    def stored(self, *, is_new: bool) -> None:
        (self._new if is_new else self._repeated).inc()

    def served_from_memory(self) -> None:
        self._held.inc()

    def condemned(self) -> None:
        self._bad.inc()

    def synced(self, seconds: float) -> None:
        self._syncs.observe(seconds)
