"""A real HTTP server on a free port of 127.0.0.1, whose every answer is a function's."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2

from tests.data_bank_client.fake_bank import FakeBank

Respond = Callable[[BaseHTTPRequestHandler], None]


class LocalServer:
    """`seen` holds a line and the headers, names in lower case, of every request."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.url = ""


@contextmanager
def local_server(respond: Respond) -> Iterator[LocalServer]:
    server = LocalServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            server.seen.append((f"{self.command} {self.path}", headers))
            respond(self)

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Nothing: a test's output is its own."""

    for method in ("GET", "HEAD", "PUT", "POST", "PATCH", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.answer)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        server.url = f"http://127.0.0.1:{http.server_port}"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes = b"", **headers: str) -> None:
    """Answer with these headers, and with a Content-Length where none is among them."""
    handler.send_response(status)
    for name, value in ({"Content_Length": str(len(body))} | headers).items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def serve(bank: FakeBank) -> Respond:
    """The fake bank over a real connection; its path begins with `/prefix`."""

    def respond(handler: BaseHTTPRequestHandler) -> None:
        request = httpx2.Request(
            handler.command,
            f"http://bank.test{handler.path}",
            headers=dict(handler.headers.items()),
            content=_body(handler),
        )
        response = bank.handle(request)
        body = response.read()
        handler.send_response(response.status_code)
        for name, value in ({"content-length": str(len(body))} | dict(response.headers)).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return respond


def _body(handler: BaseHTTPRequestHandler) -> bytes:
    if handler.headers["Transfer-Encoding"] is None:
        return handler.rfile.read(int(handler.headers["Content-Length"] or 0))
    body = b""
    while size := int(handler.rfile.readline(), 16):
        body += handler.rfile.read(size)
        handler.rfile.readline()
    handler.rfile.readline()
    return body
