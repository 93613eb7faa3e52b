"""Spans kept by OpenTelemetry's SDK. Imported only where traces are configured."""

import os
import threading
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from importlib.metadata import version

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from data_bank_api.tracing.span import Attributes, Kind, Value, use

# How long one try to send may take, and how long an end waits for what is left.
SEND_SECONDS = 3.0
LAST_SECONDS = 3.0

_KINDS: dict[Kind, SpanKind] = {
    "internal": SpanKind.INTERNAL,
    "server": SpanKind.SERVER,
    "client": SpanKind.CLIENT,
    "producer": SpanKind.PRODUCER,
    "consumer": SpanKind.CONSUMER,
}
_FIELD = "traceparent"
_propagator = TraceContextTextMapPropagator()


class OpenTelemetrySpans:
    """`processor` takes each span that has ended; `role` is what the process does."""

    def __init__(self, processor: SpanProcessor, role: str) -> None:
        about = {"service.version": version("data-bank"), "databank.role": role}
        if not os.environ.get("OTEL_SERVICE_NAME"):
            about["service.name"] = "data-bank"
        self.provider = TracerProvider(resource=Resource.create(about), shutdown_on_exit=False)
        self.provider.add_span_processor(processor)
        self._tracer = self.provider.get_tracer("data_bank_api")

    def span(
        self, name: str, kind: Kind, parent: str | None, attributes: Attributes
    ) -> AbstractContextManager[object]:
        return self._within(name, _KINDS[kind], _context_of(parent), attributes)

    @contextmanager
    def _within(
        self, name: str, kind: SpanKind, context: Context | None, attributes: Attributes
    ) -> Generator[None]:
        with self._tracer.start_as_current_span(
            name,
            context,
            kind,
            attributes,
            record_exception=False,  # its text may hold anything
            set_status_on_exception=False,
        ):
            try:
                yield
            except BaseException as error:
                self.fail(type(error).__name__)
                raise

    def is_within(self) -> bool:
        return trace.get_current_span().get_span_context().is_valid

    def name(self, name: str) -> None:
        trace.get_current_span().update_name(name)

    def say(self, name: str, value: Value) -> None:
        trace.get_current_span().set_attribute(name, value)

    def fail(self, kind: str) -> None:
        self.say("error.type", kind)
        trace.get_current_span().set_status(Status(StatusCode.ERROR))

    def traceparent(self) -> str | None:
        carrier: dict[str, str] = {}
        _propagator.inject(carrier)
        return carrier.get(_FIELD)


def _context_of(traceparent: str | None) -> Context | None:
    """None for the one that is. Of a traceparent that cannot be read, a trace of its own."""
    return None if traceparent is None else _propagator.extract({_FIELD: traceparent}, Context())


def begin(endpoint: str, role: str) -> Callable[[], None]:
    """Send spans of this process to a collector, some at a time by a thread; gives what ends it."""
    exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces", timeout=SEND_SECONDS)
    spans = OpenTelemetrySpans(BatchSpanProcessor(exporter), role)
    use(spans)

    # It sends what is left, with no bound of its own: a collector may take any time to answer.
    ending = threading.Thread(target=spans.provider.shutdown, daemon=True)

    def end() -> None:
        ending.start()
        ending.join(LAST_SECONDS)

    return end
