"""Pages of other sites that may call from a browser: those of CORS_ORIGINS, by default none.

https://fetch.spec.whatwg.org/#http-cors-protocol. Never with the cookies of who calls: a key has
to be sent, and so to be known. What a browser asks beforehand is answered here, without a key; it
has no body, and what has one, or is framed in a doubtful way, is judged as any other request.
"""

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from data_bank_api.api.middleware.framing import find_doubt
from data_bank_api.api.middleware.linger import has_body

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
SENT = (
    "Authorization",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "Last-Event-ID",
    "Range",
    "Repr-Digest",
    "Content-Digest",
    "X-API-Key",
    "X-Request-ID",
    "traceparent",
)
EXPOSED = (
    "Accept-Ranges",
    "Allow",
    "Content-Disposition",
    "Content-Range",
    "ETag",
    "Location",
    "Repr-Digest",
    "Retry-After",
    "WWW-Authenticate",
    "X-Request-ID",
)


def with_cors(app: ASGIApp, origins: Sequence[str]) -> ASGIApp:
    """The application itself where there are none."""
    if not origins:
        return app
    open_to = CORSMiddleware(
        app,
        allow_origins=origins,
        allow_methods=METHODS,
        allow_headers=SENT,
        expose_headers=EXPOSED,
    )

    async def judged(scope: Scope, receive: Receive, send: Send) -> None:
        is_odd = scope["method"] == "OPTIONS" and _is_odd(scope)
        await (app if is_odd else open_to)(scope, receive, send)

    return judged


def _is_odd(scope: Scope) -> bool:
    """Whether no browser asks so beforehand."""
    headers = scope["headers"]
    return (
        has_body(headers) or find_doubt(scope["http_version"], headers, scope["path"]) is not None
    )
