"""One host of the stand-in Hub: a socket of 127.0.0.1, HTTP/1.1, a thread for each connection.

It knows how to send an `Answer` well and badly; what is answered is said by the function that it is
given. Files on disk go by sendfile. It can be cut off, and listens on the same port again when it
is restored.
"""

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

from tests.fakes.hub.messages import Answer, Request

Respond = Callable[[Request], Answer]

# Seconds that a connection may be silent.
PATIENCE = 60.0

# How often a second slow bytes are sent.
BEATS = 20


class Host:
    """`address` is `http://127.0.0.1:<port>`, or https with `tls`, the same as long as it lives."""

    def __init__(self, name: str, respond: Respond, tls: ssl.SSLContext | None = None) -> None:
        self.name = name
        self.respond = respond
        self._tls = tls
        self.is_over = threading.Event()
        self._open: dict[socket.socket, threading.Thread] = {}
        self._lock = threading.Lock()
        self._listen(0)
        self.port = int(self._listening.getsockname()[1])
        self.address = f"{'http' if tls is None else 'https'}://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """End every connection in the middle, and take no more. Twice is no harm."""
        if self.is_over.is_set():
            return
        self.is_over.set()
        # Closing a socket does not wake whoever accepts on it; a connection does.
        socket.create_connection(("127.0.0.1", self.port)).close()
        self._accepting.join()
        self._listening.close()
        with self._lock:
            threads = dict(self._open)
        for connection in threads:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in threads.values():
            thread.join()

    def restore(self) -> None:
        """Listen again, on the same port."""
        self._listen(self.port)

    def _listen(self, port: int) -> None:
        self.is_over.clear()
        self._listening = socket.create_server(("127.0.0.1", port), backlog=128)
        self._accepting = threading.Thread(target=self._accept, name=f"stand-in {self.name}")
        self._accepting.start()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listening.accept()
            if self.is_over.is_set():
                connection.close()
                return
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            with self._lock:
                self._open[connection] = thread
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with (
                suppress(OSError),
                self._secured(connection) as near,
                near.makefile("rb") as stream,
            ):
                while not self.is_over.is_set() and self._exchange(near, stream):
                    pass
        finally:
            with self._lock:
                del self._open[connection]
            connection.close()

    def _secured(self, connection: socket.socket) -> socket.socket:
        connection.settimeout(PATIENCE)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._tls is None:
            return connection
        # A copy, for wrapping takes the socket away, and `cut` needs it.
        return self._tls.wrap_socket(connection.dup(), server_side=True)

    def _exchange(self, connection: socket.socket, stream: BinaryIO) -> bool:
        """One request and its answer. False: the connection is over."""
        request = _read(self.name, stream)
        if request is None:
            return False
        try:
            return self._answer(connection, request)
        finally:
            request.ended = time.monotonic()
            request.answered = min(request.answered, request.ended)

    def _answer(self, connection: socket.socket, request: Request) -> bool:
        answer = self.respond(request)
        request.status = answer.status
        is_head = request.method == "HEAD" or answer.status == HTTPStatus.NOT_MODIFIED
        if is_head or not answer.body.length:
            request.answered = time.monotonic()
        connection.sendall(_head(answer))
        if is_head:
            return True
        is_whole = _Body(connection, request, answer, self.is_over).send()
        return is_whole and request.headers.get("connection", "").lower() != "close"


def _read(host: str, stream: BinaryIO) -> Request | None:
    line = stream.readline(65536).decode("latin-1").split()
    if len(line) != 3:
        return None
    headers = dict(_headers(stream))
    body = stream.read(int(headers.get("content-length", "0")))
    return Request(host, line[0], line[1], headers, body)


def _headers(stream: BinaryIO) -> Iterator[tuple[str, str]]:
    while line := stream.readline(65536).strip():
        name, _, value = line.decode("latin-1").partition(":")
        yield name.lower(), value.strip()


def _head(answer: Answer) -> bytes:
    length = answer.body.length if answer.declared is None else answer.declared
    size = {"Transfer-Encoding": "chunked"} if answer.is_chunked else {"Content-Length": length}
    reason = HTTPStatus(answer.status).phrase
    lines = [f"{name}: {value}" for name, value in {**size, **answer.headers}.items()]
    return "\r\n".join([f"HTTP/1.1 {answer.status} {reason}", *lines, "", ""]).encode(
        "latin-1", "replace"
    )


class _Body:
    """The body of an answer on its way."""

    def __init__(
        self, to: socket.socket, request: Request, answer: Answer, is_over: threading.Event
    ) -> None:
        self._to = to
        self._request = request
        self._answer = answer
        self._is_over = is_over

    def send(self) -> bool:
        """False: the connection ends with it."""
        answer = self._answer
        if isinstance(answer.body.content.source, Path) and answer.is_plain:
            self._send_file(answer.body.content.source, answer.body.start, answer.body.count)
            return True
        self._send_pieces()
        if answer.is_chunked and answer.drop_after is None:
            self._to.sendall(b"0\r\n\r\n")
        if answer.is_reset:
            self._to.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return answer.drop_after is None and answer.declared in (None, answer.body.length)

    def _send_file(self, path: Path, start: int, count: int) -> None:
        with path.open("rb") as file:
            while self._request.sent < count - 1:
                left = min(count - 1 - self._request.sent, 8 << 20)
                self._request.sent += self._to.sendfile(file, start + self._request.sent, left)
            file.seek(start + self._request.sent)
            self._send(file.read(count - self._request.sent))

    def _send_pieces(self) -> None:
        stall = self._answer.stall
        for piece in self._pieces():
            keep = len(piece) if stall is None else max(0, stall.after - self._request.sent)
            self._send(piece[:keep])
            if stall is not None and keep < len(piece):
                stall.is_reached.set()
                self._wait_for(stall.may_go_on)
                stall = None
                self._send(piece[keep:])

    def _pieces(self) -> Iterator[bytes]:
        """No more than may be sent, and no faster."""
        left = self._answer.body.length
        if self._answer.drop_after is not None:
            left = min(left, self._answer.drop_after)
        rate = self._answer.bytes_per_second
        for chunk in self._answer.body.chunks():
            step = len(chunk) if rate is None else max(1, rate // BEATS)
            for at in range(0, min(len(chunk), left), step):
                yield chunk[at : min(at + step, left)]
                if rate is not None:
                    self._is_over.wait(1 / BEATS)
            left -= min(len(chunk), left)

    def _wait_for(self, event: threading.Event) -> None:
        while not event.wait(0.02) and not self._is_over.is_set():
            pass

    def _send(self, piece: bytes) -> None:
        """The last byte is counted before it goes: whoever has them all finds the count right."""
        is_last = self._request.sent + len(piece) == self._answer.body.length
        self._frame(piece[:-1] if is_last else piece)
        self._request.sent += len(piece)
        if is_last:
            self._request.answered = time.monotonic()
            self._frame(piece[-1:])

    def _frame(self, piece: bytes) -> None:
        if piece:
            framed = b"%x\r\n%b\r\n" % (len(piece), piece) if self._answer.is_chunked else piece
            self._to.sendall(framed)
