"""Sending spans away, by OTLP over HTTP: begun and ended with a process.

https://opentelemetry.io/docs/specs/otlp/. What a collector should know besides, OpenTelemetry's
own variables say: OTEL_EXPORTER_OTLP_HEADERS, OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER, ...
"""

import pkgutil
from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib.util import find_spec

from data_bank_api.tracing.span import use

_NEEDED = "opentelemetry.exporter.otlp.proto.http"
_BEGIN = "data_bank_api.tracing.opentelemetry_spans:begin"

# Begins to keep spans of a process that does this, for an endpoint; gives what ends it.
_Begin = Callable[[str, str], Callable[[], None]]


def can_trace() -> bool:
    """Whether what traces need is installed."""
    try:
        return find_spec(_NEEDED) is not None
    except ModuleNotFoundError:
        return False


def get_ready(endpoint: str | None) -> None:
    """Load what is needed, so that children that are forked need not."""
    if endpoint is not None:
        pkgutil.resolve_name(_BEGIN)


@contextmanager
def tracing(endpoint: str | None, role: str) -> Generator[None]:
    """Within, spans of this process are sent; at the end those that are left, for some seconds."""
    if endpoint is None:
        yield
        return
    begin: _Begin = pkgutil.resolve_name(_BEGIN)
    end = begin(endpoint, role)
    try:
        yield
    finally:
        use(None)
        end()
