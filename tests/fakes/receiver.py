"""Who is called by webhooks: a real https server on a free port, with a certificate of its own.

It answers 204, or as `script` says: each of its functions answers one call, in order.
"""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import trustme

NAME = "hooks.example.com"
SECONDS = 60.0  # a connection is kept open at most

Respond = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True, slots=True)
class Received:
    path: str
    headers: dict[str, str]  # names in lower case
    body: bytes
    server_name: str | None  # as TLS was asked for it


class Receiver:
    """`calls` are all that came. `release` ends what `hang` does."""

    def __init__(self, *names: str) -> None:
        self.calls: list[Received] = []
        self.script: list[Respond] = []
        self.port = 0
        self.release = threading.Event()
        self.asked_names: list[str | None] = []
        self.authority = trustme.CA()
        self._certificate = self.authority.issue_cert(*names)

    def url(self, name: str = NAME, path: str = "/hook") -> str:
        return f"https://{name}:{self.port}{path}"

    @property
    def trust(self) -> ssl.SSLContext:
        """For who calls: its authority is trusted, and no other."""
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        return context

    @property
    def tls(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._certificate.configure_cert(context)
        context.sni_callback = self._note_name
        return context

    def _note_name(self, _socket: object, name: str | None, _context: object) -> None:
        self.asked_names.append(name)

    def hang(self, _handler: BaseHTTPRequestHandler) -> None:
        """No answer, until the test is over."""
        self.release.wait(SECONDS)

    def take(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"] or 0))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        name = self.asked_names[-1] if self.asked_names else None
        self.calls.append(Received(handler.path, headers, body, name))
        respond = self.script.pop(0) if self.script else answer(204)
        with suppress(OSError):  # who called may not want all of it
            respond(handler)
        handler.close_connection = True


def answer(status: int, body: bytes = b"", **headers: str) -> Respond:
    """Underscores in names of headers stand for hyphens."""

    def respond(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in ({"Content_Length": str(len(body))} | headers).items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return respond


@contextmanager
def receiving(*names: str) -> Iterator[Receiver]:
    """A receiver whose certificate is for these names, or for NAME."""
    receiver = Receiver(*(names or (NAME,)))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = SECONDS

        def answer(self) -> None:
            receiver.take(self)

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Nothing: a test's output is its own."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Nothing: some callers do not even trust the certificate."""

    for method in ("POST", "GET"):  # GET as well: nobody may come by it
        setattr(Handler, f"do_{method}", Handler.answer)
    with Server(("127.0.0.1", 0), Handler) as http:
        http.socket = receiver.tls.wrap_socket(
            http.socket, server_side=True, do_handshake_on_connect=False
        )
        receiver.port = http.server_port
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield receiver
        finally:
            receiver.release.set()
            http.shutdown()
            thread.join()
