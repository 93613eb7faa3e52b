"""One line a request: method, path, status, bytes sent, time taken. Never a query or a header."""

import time

from asgi_correlation_id import correlation_id
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data_bank_api.observability.request_line import write_request_line


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
            taken = time.perf_counter() - started
            write_request_line(
                correlation_id.get(), scope["method"], scope["path"], status, sent, taken
            )
