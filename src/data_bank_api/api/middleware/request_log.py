"""One line a request: method, path, status, bytes sent, time taken. Never a query or a header."""

import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


class RequestLog:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        status, sent = 0, 0

        async def counted(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                sent += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, counted)
        finally:
            taken = round((time.perf_counter() - started) * 1000, 3)
            log.info(
                "request",
                method=scope["method"],
                path=scope["path"],
                status=status,
                bytes=sent,
                milliseconds=taken,
            )
