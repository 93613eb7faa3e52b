"""uvicorn's connection, with limits on the head of a request that it has none of.

    a head of more than HEAD_BYTES                    400, and the connection ends
    a head not whole HEAD_SECONDS after it began      the connection ends
    a connection that says nothing                    the same
    fields after a chunked body (trailers)            dropped: they are no header fields
    more than MAX_CONNECTIONS connections             one that waits for a request makes room for
                                                      the new one; where none does, the new one is
                                                      told 503 and ends

What is no HTTP at all is told in the one format of errors, too.
"""

import asyncio
import uuid

import msgspec
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from data_bank_client.errors import BadRequestError, ServiceUnavailableError
from data_bank_client.wire.problem import Problem

HEAD_BYTES = 64 * 1024
HEAD_SECONDS = 10.0
# A connection that has waited for less may be about to be used.
WAITED_SECONDS = 0.5
# For a client that is refused to ask, and for one that must leave to read what was said to it.
REFUSED_SECONDS = 1.0


class GuardedProtocol(HttpToolsProtocol):
    """Made when a connection is accepted."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, object],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        most, self.limit_concurrency = config.limit_concurrency, None  # we are kinder than it
        self._waits_since: float | None = self.loop.time()
        self._head_timer: asyncio.TimerHandle | None = None
        self._is_in_head, self._head_bytes = True, 0
        is_full = most is not None and len(self.connections) >= most
        self._is_refused = is_full and not self._make_room()
        self._start_timer(REFUSED_SECONDS if self._is_refused else HEAD_SECONDS)

    def on_message_begin(self) -> None:
        self._is_in_head = True
        self._head_bytes = 0
        super().on_message_begin()

    def data_received(self, data: bytes) -> None:
        if self._is_refused:
            self._refuse()
            return
        super().data_received(data)
        if self._is_in_head:  # most heads come whole, and need no timer
            if self._head_timer is None:
                self._start_timer(HEAD_SECONDS)
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
                self.send_400_response(f"the head of a request may have {HEAD_BYTES} bytes at most")

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        self._waits_since = None
        self._stop_timer()
        super().on_headers_complete()
        self.headers = []  # uvicorn would add trailers to what the application already has

    def on_response_complete(self) -> None:
        # A request that came behind this one begins now.
        self._waits_since = None if self.pipeline else self.loop.time()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def _unsupported_upgrade_warning(self) -> None:
        """Not said: whoever asks could fill the log with uvicorn's two lines."""

    def send_400_response(self, msg: str) -> None:
        self.transport.write(_problem("400 Bad Request", BadRequestError.code, msg))
        self.transport.close()

    def _make_room(self) -> bool:
        """By the connection that has waited longest for a request, where one has."""
        now = self.loop.time()
        others = [each for each in self.connections if isinstance(each, GuardedProtocol)]
        longest = max(others, key=lambda each: each.waited(now))
        if longest.waited(now) < WAITED_SECONDS:
            return False
        longest.leave()
        return True

    def leave(self) -> None:
        """Once, and soon: also where the other side does not read the end of its answer."""
        self._waits_since = None
        self.transport.close()
        self.loop.call_later(REFUSED_SECONDS, self.transport.abort)

    def waited(self, now: float) -> float:
        """Seconds that it has waited for a request; 0 where one is under way, or it leaves."""
        return 0.0 if self._waits_since is None else now - self._waits_since

    def _refuse(self) -> None:
        """Once, when the request begins to come; what follows is read over for a while."""
        if self._is_in_head:
            self._is_in_head = False
            message = "the service takes no more connections just now: try again soon"
            code = ServiceUnavailableError.code
            answer = _problem("503 Service Unavailable", code, message, "retry-after: 1")
            self.transport.write(answer)
            self.transport.write_eof()
            self._stop_timer()
            self._start_timer(REFUSED_SECONDS)

    def _start_timer(self, seconds: float) -> None:
        self._head_timer = self.loop.call_later(seconds, self._give_up)

    def _give_up(self) -> None:
        self.transport.close()

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None


def _problem(status: str, code: str, message: str, *fields: str) -> bytes:
    """An answer in the one format of errors, after which the connection ends."""
    problem = Problem(code=code, message=message, request_id=uuid.uuid4().hex)
    body = msgspec.json.encode(problem)
    head = (
        f"HTTP/1.1 {status}",
        "content-type: application/json",
        f"content-length: {len(body)}",
        f"x-request-id: {problem['request_id']}",
        "connection: close",
        *fields,
    )
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body
