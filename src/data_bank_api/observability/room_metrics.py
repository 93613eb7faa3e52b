"""What the rooms of the service count besides requests and files: jobs asked for, the catalog's
answers, streams of events. Of every kind there is a line from the beginning, at 0.
"""

from collections.abc import Iterable
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge

Question = Literal["list", "search", "one"]
_QUESTIONS: tuple[Question, ...] = ("list", "search", "one")
_HIT, _MISS = "hit", "miss"


class RoomMetrics:
    """Made after Metrics. Each method may be called from any thread."""

    def __init__(self, registry: CollectorRegistry | None, kinds: Iterable[str]) -> None:
        self._asked = Counter(
            "databank_enqueue_attempts",
            "Jobs that the server was asked for.",
            ("kind",),
            registry=registry,
        )
        self._refused = Counter(
            "databank_enqueue_failures",
            "Of these, those that could not be queued.",
            ("kind",),
            registry=registry,
        )
        self._questions = Counter(
            "databank_catalog_questions",
            "Questions to the catalog: hit where it could answer, else miss.",
            ("question", "outcome"),
            registry=registry,
        )
        self._streams = Gauge(
            "databank_event_streams_open",
            "Readers that follow the stream of events.",
            multiprocess_mode="livesum",
            registry=registry,
        )
        self._streams.set(0)  # not what a dead worker of this number had
        for kind in kinds:
            self._asked.labels(kind)
            self._refused.labels(kind)
        for question in _QUESTIONS:
            for outcome in (_HIT, _MISS):
                self._questions.labels(question, outcome)

    def asked_for(self, kind: str) -> None:
        self._asked.labels(kind).inc()

    def not_queued(self, kind: str) -> None:
        self._refused.labels(kind).inc()

    def catalog_asked(self, question: Question, *, is_hit: bool) -> None:
        self._questions.labels(question, _HIT if is_hit else _MISS).inc()

    def stream_begun(self) -> None:
        self._streams.inc()

    def stream_ended(self) -> None:
        self._streams.dec()
