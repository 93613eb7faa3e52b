"""Each request is a span, which goes on with the trace that its sender is in, if it says so.

https://www.w3.org/TR/trace-context/. It is called by its method and route. The address stands in
no attribute: it may hold a signature, or the name of a file.
"""

import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data_bank_api.api.resource import ROUTE
from data_bank_api.observability.metrics import GONE, METHODS, OTHER, UNMATCHED
from data_bank_api.tracing.span import fail, rename, say, span

_SERVER_FAILED = 500
_TRACEPARENT = re.compile(rb"[0-9a-f]{2}(-[0-9a-f]{1,32}){2,3}", re.ASCII)


class RequestSpans:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"] if scope["method"] in METHODS else OTHER
        status = GONE

        async def send_and_see(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        parent = _parent_of(scope)
        with span(method, {"http.request.method": method}, kind="server", parent=parent):
            try:
                await self._app(scope, receive, send_and_see)
            finally:
                _name(method, scope.get(ROUTE, UNMATCHED), status)


def _parent_of(scope: Scope) -> str | None:
    """The traceparent of a request: as it came, or none where there are two, or it is none."""
    found = [value for name, value in scope["headers"] if name == b"traceparent"]
    if len(found) == 1 and _TRACEPARENT.fullmatch(found[0]):
        return str(found[0], "ascii")
    return None


def _name(method: str, route: str, status: int) -> None:
    rename(f"{method} {route}")
    say("http.route", route)
    say("http.response.status_code", status)
    if status >= _SERVER_FAILED:
        fail(str(status))
