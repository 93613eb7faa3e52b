"""Pages of other sites that may call from a browser: those of CORS_ORIGINS, by default none.

https://fetch.spec.whatwg.org/#http-cors-protocol. Never with the cookies of who calls: a key has
to be sent, and so to be known. What a browser asks beforehand is answered here, without a key.
"""

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

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
    return CORSMiddleware(
        app,
        allow_origins=origins,
        allow_methods=METHODS,
        allow_headers=SENT,
        expose_headers=EXPOSED,
    )
