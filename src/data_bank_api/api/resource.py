"""A resource: one path, its methods, and for each the scopes of which a key must carry one.

The scope is checked on the route that the router matched, never on the text of a path.
A method without scopes is public. HEAD is answered as GET; the server leaves the body out.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as Connection

from data_bank_api.auth.keyring import KeyRing
from data_bank_api.auth.scope import Scope
from data_bank_client.errors import MethodNotAllowedError

Handler = Callable[[Request], Awaitable[ASGIApp]]

PUBLIC: frozenset[Scope] = frozenset()


@dataclass(frozen=True, slots=True)
class Operation:
    """What one method does, and who may ask for it."""

    scopes: frozenset[Scope]
    handle: Handler


@dataclass(frozen=True, slots=True)
class Resource:
    path: str
    operations: Mapping[str, Operation]

    @property
    def methods(self) -> tuple[str, ...]:
        head = ("HEAD",) if "GET" in self.operations else ()
        return (*self.operations, *head)

    def route(self, keys: KeyRing) -> Route:
        return Route(self.path, _Endpoint(self, keys))


class _Endpoint:
    def __init__(self, resource: Resource, keys: KeyRing) -> None:
        self._resource = resource
        self._keys = keys

    async def __call__(self, scope: Connection, receive: Receive, send: Send) -> None:
        method: str = scope["method"]
        operation = self._resource.operations.get("GET" if method == "HEAD" else method)
        if operation is None:
            raise MethodNotAllowedError(
                f"{method} is not done here", allowed=self._resource.methods
            )
        request = Request(scope, receive)
        if operation.scopes:
            self._keys.authorise(presented_key(request.headers), operation.scopes)
        answer = await operation.handle(request)
        await answer(scope, receive, send)


def presented_key(headers: Headers) -> str | None:
    """The key that a request carries; `X-API-Key` goes before `Authorization`."""
    key = headers.get("x-api-key", "").strip()
    if not key:
        scheme, _, credentials = headers.get("authorization", "").partition(" ")
        key = credentials.strip() if scheme.lower() == "bearer" else ""
    return key or None
