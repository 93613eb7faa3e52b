"""Each request is a span, which goes on with the trace that its sender is in, if it says so.

https://www.w3.org/TR/trace-context/. A sender without a key of the bank is not believed: he could
have all that he asks kept, or none of it, and in the trace of somebody else. It is called by its
method and route. The address stands in no attribute: it may hold a signature, or the name of a
file.
"""

import re

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data_bank_api.api.resource import ROUTE
from data_bank_api.auth.keyring import KeyRing
from data_bank_api.auth.presented_key import presented_key
from data_bank_api.auth.scope import Scope as KeyScope
from data_bank_api.observability.metrics import GONE, METHODS, OTHER, UNMATCHED
from data_bank_api.tracing.span import fail, rename, say, span

_SERVER_FAILED = 500
_TRACEPARENT = re.compile(r"[0-9a-f]{2}(-[0-9a-f]{1,32}){2,3}", re.ASCII)
_ANY = frozenset(KeyScope)


class RequestSpans:
    def __init__(self, app: ASGIApp, keys: KeyRing) -> None:
        self._app = app
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"] if scope["method"] in METHODS else OTHER
        status = GONE

        async def send_and_see(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        parent = self._parent_of(Headers(scope=scope))
        with span(method, {"http.request.method": method}, kind="server", parent=parent):
            try:
                await self._app(scope, receive, send_and_see)
            finally:
                _name(method, scope.get(ROUTE, UNMATCHED), status)

    def _parent_of(self, headers: Headers) -> str | None:
        """The traceparent of a request: as it came, or none where there are two, or it is none."""
        found = headers.getlist("traceparent")
        if len(found) == 1 and _TRACEPARENT.fullmatch(found[0]) and self._is_known(headers):
            return found[0]
        return None

    def _is_known(self, headers: Headers) -> bool:
        key = presented_key(headers.get("x-api-key", ""), headers.get("authorization", ""))
        return key is not None and self._keys.carries(key, _ANY)


def _name(method: str, route: str, status: int) -> None:
    rename(f"{method} {route}")
    say("http.route", route)
    say("http.response.status_code", status)
    if status >= _SERVER_FAILED:
        fail(str(status))
