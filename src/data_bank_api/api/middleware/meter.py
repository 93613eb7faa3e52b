"""Tells the metrics of each request: its route, status, time, and the bytes of both bodies."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data_bank_api.api.resource import ROUTE
from data_bank_api.observability.metrics import GONE, UNMATCHED, Metrics

_DOWNLOAD = ("GET", "/files/{id}")


class Meter:
    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = _Exchange(scope, receive, send, self._metrics)
        try:
            await self._app(scope, exchange.receive, exchange.send)
        finally:
            exchange.end()


class _Exchange:
    """A request and its answer, as far as they are."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, metrics: Metrics) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._metrics = metrics
        self._started = time.perf_counter()
        self._status = GONE
        self._received = self._sent = 0
        self._is_download = False

    async def receive(self) -> Message:
        message = await self._receive()
        self._received += len(message.get("body", b""))
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
        else:
            self._sent += len(message.get("body", b""))
            if message.get("more_body", False) and not self._is_download:
                self._note_download()
        await self._send(message)

    def _note_download(self) -> None:
        """What is sent at once is never in flight."""
        if (self._scope["method"], self._scope.get(ROUTE)) == _DOWNLOAD:
            self._is_download = True
            self._metrics.download_begun()

    def end(self) -> None:
        if self._is_download:
            self._metrics.download_ended()
        method: str = self._scope["method"]
        self._metrics.served(
            method,
            self._scope.get(ROUTE, UNMATCHED),
            self._status,
            self._received,
            0 if method == "HEAD" else self._sent,
            time.perf_counter() - self._started,
        )
