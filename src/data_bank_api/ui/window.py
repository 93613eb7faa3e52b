"""A window: one path below `/ui`, and what its methods show or do, for whom.

What changes something is done only for a request from our own pages (same_origin.py) that brings
the proof of its session: in a field or a parameter `proof`, or in the header `X-Proof`.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as Connection

from data_bank_api.api.resource import PUBLIC, ROUTE
from data_bank_api.api.transfers import HOLDER
from data_bank_api.auth.scope import Scope
from data_bank_api.auth.session import Session, Sessions
from data_bank_api.ui.form import read_form
from data_bank_api.ui.renderer import Renderer
from data_bank_api.ui.same_origin import require_same_origin
from data_bank_api.ui.visit import GUEST, Visit
from data_bank_client.errors import AuthorizationError, MethodNotAllowedError

COOKIE = "databank_session"

Show = Callable[[Visit], Awaitable[ASGIApp]]
Read = Callable[[Request], Awaitable[Mapping[str, str]]]

_SAFE = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class View:
    """`scopes`: of which a session must carry one; none: guests may, too."""

    scopes: frozenset[Scope]
    show: Show
    read: Read = read_form


@dataclass(frozen=True, slots=True)
class Window:
    path: str
    views: Mapping[str, View]

    @property
    def methods(self) -> tuple[str, ...]:
        return (*self.views, *(("HEAD",) if "GET" in self.views else ()))

    def route(self, sessions: Sessions, renderer: Renderer) -> Route:
        return Route(self.path, _Frame(self, sessions, renderer))


def session_of(request: Request, sessions: Sessions) -> Session:
    return sessions.find(request.cookies.get(COOKIE, "")) or GUEST


class _Frame:
    def __init__(self, window: Window, sessions: Sessions, renderer: Renderer) -> None:
        self._window = window
        self._sessions = sessions
        self._renderer = renderer

    async def __call__(self, scope: Connection, receive: Receive, send: Send) -> None:
        scope[ROUTE] = self._window.path
        method: str = scope["method"]
        view = self._window.views.get("GET" if method == "HEAD" else method)
        if view is None:
            raise MethodNotAllowedError(f"{method} is not done here", allowed=self._window.methods)
        request = Request(scope, receive)
        session = session_of(request, self._sessions)
        _require(session, view.scopes)
        scope[HOLDER] = session.holder
        fields: Mapping[str, str] = {}
        if method not in _SAFE:
            require_same_origin(request.headers)
            fields = await view.read(request)
            if view.scopes != PUBLIC:
                session.require_proof(_proof(request, fields))
        answer = await view.show(Visit(request, self._renderer, session, fields))
        await answer(scope, receive, send)


def _require(session: Session, scopes: frozenset[Scope]) -> None:
    """Raises AuthorizationError, ForbiddenError."""
    if scopes == PUBLIC:
        return
    if session is GUEST:
        raise AuthorizationError("sign in with a key first")
    session.require(scopes)


def _proof(request: Request, fields: Mapping[str, str]) -> str:
    sent = request.headers.get("x-proof", "")
    return sent or fields.get("proof", "") or request.query_params.get("proof", "")
