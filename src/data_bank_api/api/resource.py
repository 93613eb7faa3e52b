"""A resource: one path, its methods, and for each the scopes of which a key must carry one.

The scope is checked on the route that the router matched, never on the text of a path.
A method without scopes is public. HEAD is answered as GET; the server leaves the body out.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as Connection

from data_bank_api.api.dataset_route import About, DatasetRoute
from data_bank_api.api.openapi.description import Description
from data_bank_api.auth.keyring import KeyRing
from data_bank_api.auth.presented_key import presented_key
from data_bank_api.auth.scope import Scope
from data_bank_client.errors import MethodNotAllowedError

Handler = Callable[[Request], Awaitable[ASGIApp]]
Admit = Callable[[Request], bool]

PUBLIC: frozenset[Scope] = frozenset()

# What a connection is told of its route: the template, such as `/files/{id}`.
ROUTE = "databank.route"


def _nobody(_request: Request) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Operation:
    """What one method does, who may ask for it, and what it is in words and types.

    `admits`: whether a request that has no key needs none.
    """

    scopes: frozenset[Scope]
    handle: Handler
    description: Description
    admits: Admit = _nobody


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


@dataclass(frozen=True, slots=True)
class DatasetResource(Resource):
    """Below a dataset's id, which is read from the path as it was sent; `about` it is what."""

    about: About = ""

    def route(self, keys: KeyRing) -> Route:
        return DatasetRoute(self.path, self.about, _Endpoint(self, keys))


class _Endpoint:
    def __init__(self, resource: Resource, keys: KeyRing) -> None:
        self._resource = resource
        self._keys = keys

    async def __call__(self, scope: Connection, receive: Receive, send: Send) -> None:
        scope[ROUTE] = self._resource.path
        method: str = scope["method"]
        operation = self._resource.operations.get("GET" if method == "HEAD" else method)
        if operation is None:
            raise MethodNotAllowedError(
                f"{method} is not done here", allowed=self._resource.methods
            )
        request = Request(scope, receive)
        if operation.scopes:
            self._authorise(request, operation)
        answer = await operation.handle(request)
        await answer(scope, receive, send)

    def _authorise(self, request: Request, operation: Operation) -> None:
        fields = request.headers
        key = presented_key(fields.get("x-api-key", ""), fields.get("authorization", ""))
        if key is not None or not operation.admits(request):
            self._keys.authorise(key, operation.scopes)
