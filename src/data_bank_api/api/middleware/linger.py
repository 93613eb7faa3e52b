"""An answer that goes out before the request's body is read.

Without care a server then reads and drops the body without bound (uvicorn), leaks the
connection (Hypercorn), or closes on a sender that has not seen the answer yet. So: the answer
says `Connection: close` and is sent at once, whole; its end is held back while a bounded part
of the body is read over, so that the sender can read the answer first. The same serves a
sender that waits for `100 Continue`: uvicorn asks it for nothing once the answer has begun,
Hypercorn has asked before the application was called.
"""

import asyncio
from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_MOST_BYTES = 64 * 1024 * 1024
_MOST_SECONDS = 10.0
_IDLE_SECONDS = 2.0


class Linger:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if has_body(scope["headers"]):
            exchange = _Exchange(receive, send)
            await self._app(scope, exchange.receive, exchange.send)
        else:
            await self._app(scope, receive, send)


def has_body(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    for name, value in headers:
        if (name == b"content-length" and value != b"0") or name == b"transfer-encoding":
            return True
    return False


class _Exchange:
    """A request with a body, and its answer."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._is_read = False

    async def receive(self) -> Message:
        message = await self._receive()
        if not message.get("more_body", False):  # the body's end, or a disconnect
            self._is_read = True
        return message

    async def send(self, message: Message) -> None:
        if self._is_read:
            await self._send(message)
        elif message["type"] == "http.response.start":
            MutableHeaders(scope=message)["connection"] = "close"
            await self._send(message)
        elif message.get("more_body", False):
            await self._send(message)
        else:
            await self._send({**message, "more_body": True})
            await self._read_over()
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _read_over(self) -> None:
        left = _MOST_BYTES
        try:
            async with asyncio.timeout(_MOST_SECONDS):
                while not self._is_read and left > 0:
                    async with asyncio.timeout(_IDLE_SECONDS):
                        left -= len((await self.receive()).get("body", b""))
        except TimeoutError:
            return  # long enough: the connection is closed under the sender
