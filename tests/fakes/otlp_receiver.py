"""A collector of traces, as far as who sends them can tell: it takes OTLP over HTTP.

otlp_receiver     one of the test's own
"""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue


@dataclass(frozen=True, slots=True)
class Received:
    """A span, with the service and the role of its process. Ids are hex digits; `parent_id` may be
    empty."""

    name: str
    service: str
    role: str
    trace_id: str
    span_id: str
    parent_id: str
    attributes: dict[str, str]


class OtlpReceiver:
    def __init__(self) -> None:
        self.spans: list[Received] = []
        self.paths: set[str] = set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.paths.add(self.path)
                receiver.spans += _decode(body)
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def of_trace(self, trace_id: str) -> list[Received]:
        return [each for each in self.spans if each.trace_id == trace_id]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _decode(body: bytes) -> list[Received]:
    request = ExportTraceServiceRequest.FromString(body)
    return [
        Received(
            span.name,
            about["service.name"],
            about["databank.role"],
            span.trace_id.hex(),
            span.span_id.hex(),
            span.parent_span_id.hex(),
            _plain(span.attributes),
        )
        for resource in request.resource_spans
        for about in [_plain(resource.resource.attributes)]
        for scope in resource.scope_spans
        for span in scope.spans
    ]


def _plain(found: Iterable[KeyValue]) -> dict[str, str]:
    kinds = {each.key: each.value.WhichOneof("value") for each in found}
    return {each.key: str(getattr(each.value, kinds[each.key] or "")) for each in found}


@pytest.fixture
def otlp_receiver() -> Iterator[OtlpReceiver]:
    receiver = OtlpReceiver()
    yield receiver
    receiver.close()
