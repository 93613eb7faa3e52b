"""Spans kept in memory, by the SDK that sends them otherwise."""

from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from data_bank_api.tracing.opentelemetry_spans import OpenTelemetrySpans
from data_bank_api.tracing.span import use


class Kept:
    """The spans that have ended, the first first."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        use(OpenTelemetrySpans(SimpleSpanProcessor(self._exporter), "test"))

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        return self._exporter.get_finished_spans()

    @property
    def names(self) -> list[str]:
        return [each.name for each in self.spans]

    def one(self, name: str) -> ReadableSpan:
        [found] = [each for each in self.spans if each.name == name]
        return found

    def trace_ids(self) -> set[int]:
        return {each.context.trace_id for each in self.spans if each.context is not None}


@pytest.fixture
def kept() -> Iterator[Kept]:
    yield Kept()
    use(None)
