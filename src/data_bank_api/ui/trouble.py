"""Errors below `/ui`, as they are told there: pages to browsers, parts to htmx, else as anywhere.

Who has to sign in is led there, and back afterwards.
"""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from asgi_correlation_id import correlation_id
from starlette.requests import Request
from starlette.types import ASGIApp, Scope

from data_bank_api.api.errors import error_headers, problem_answer
from data_bank_api.auth.session import Sessions
from data_bank_api.ui.places import HOME, SIGN_IN, is_below
from data_bank_api.ui.renderer import Renderer
from data_bank_api.ui.visit import Visit, is_part
from data_bank_api.ui.window import session_of
from data_bank_client.errors import AuthorizationError, DataBankClientError
from data_bank_client.wire.problem import status_of

_TITLES = {
    400: "That cannot be read",
    403: "Your key may not do that",
    404: "There is nothing here",
    405: "That is not done here",
    409: "That cannot be done now",
    413: "That is too large",
    422: "That cannot be read",
    429: "Too much at once",
    500: "Something went wrong",
    503: "Not available now",
    507: "The disk is full",
}
# What our own scripts ask for, and the stream of events.
_DATA = ("application/json", "text/event-stream")


@dataclass(frozen=True, slots=True)
class Trouble:
    sessions: Sessions
    renderer: Renderer

    def tell(self, scope: Scope, error: DataBankClientError) -> ASGIApp:
        """The answer to a request that failed, be it below `/ui` or not."""
        request = Request(scope)
        if not is_below(scope["path"]) or request.headers.get("accept") in _DATA:
            return problem_answer(error)
        session = session_of(request, self.sessions)
        visit = Visit(request, self.renderer, session, {})
        if isinstance(error, AuthorizationError):
            return visit.lead(f"{SIGN_IN}?next={quote(_place_of(visit), safe='')}")
        return self._page(visit, error)

    def _page(self, visit: Visit, error: DataBankClientError) -> ASGIApp:
        status = status_of(error)
        answer = visit.show(
            "trouble.html",
            status,
            title=_TITLES.get(status, "That did not work"),
            status=status,
            message=error.message,
            request_id=correlation_id.get() or "",
        )
        answer.headers.update(error_headers(error))
        if is_part(visit.request):
            answer.headers.update(
                {"hx-retarget": "#notice", "hx-reswap": "innerHTML", "hx-reselect": "#trouble"}
            )
        return answer


def _place_of(visit: Visit) -> str:
    """The page that somebody is on, to come back to."""
    request = visit.request
    if is_part(request):
        return _page_at(request.headers.get("hx-current-url", HOME))
    if request.method not in ("GET", "HEAD"):
        return HOME
    query: bytes = request.scope["query_string"]
    return visit.path + (f"?{query.decode('latin-1')}" if query else "")


def _page_at(address: str) -> str:
    try:
        shown = urlsplit(address)
    except ValueError:
        return HOME
    return shown.path + (f"?{shown.query}" if shown.query else "")
