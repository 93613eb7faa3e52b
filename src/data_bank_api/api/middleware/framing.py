"""Refuses requests whose framing two servers on the way could read differently.

Servers let these through; with another server in front they are how requests are smuggled.
The answer is 400, and the connection is closed.
"""

from starlette.types import ASGIApp, Receive, Scope, Send

from data_bank_api.api.errors import BadFramingError

_MOST_FIELDS = 256
_DELICATE = frozenset((b"transfer-encoding", b"content-length", b"upgrade"))


class Framing:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        doubt = find_doubt(scope["http_version"], scope["headers"], scope["path"])
        if doubt is not None:
            raise BadFramingError(doubt)
        await self._app(scope, receive, send)


def find_doubt(version: str, headers: list[tuple[bytes, bytes]], path: str) -> str | None:
    """What is doubtful about a request's head; None when nothing is."""
    names = [name for name, _ in headers]
    is_plain = names.count(b"host") == 1 and _DELICATE.isdisjoint(names)
    if is_plain and len(names) <= _MOST_FIELDS and path.isascii() and "\0" not in path:
        return None  # nearly all requests
    return _look_closely(version, headers, path)


def _look_closely(version: str, headers: list[tuple[bytes, bytes]], path: str) -> str | None:
    codings = [value.strip().lower() for name, value in headers if name == b"transfer-encoding"]
    lengths, hosts, upgrades = (
        sum(name == wanted for name, _ in headers)
        for wanted in (b"content-length", b"host", b"upgrade")
    )
    doubts = (
        (
            codings and (lengths or codings != [b"chunked"] or version == "1.0"),
            "Transfer-Encoding must be `chunked`, alone, and without Content-Length",
        ),
        (lengths > 1, "Content-Length is sent twice"),
        (hosts > 1 or (hosts == 0 and version == "1.1"), "Host must be sent once"),
        # uvicorn's parser takes such a body for the other protocol's, or for the next request.
        (
            upgrades and (codings or lengths),
            "a request with a body cannot ask for an upgrade (curl: leave out --http2)",
        ),
        (len(headers) > _MOST_FIELDS, f"a request may have {_MOST_FIELDS} header fields at most"),
        ("\0" in path or "\ufffd" in path, "the path is not UTF-8, or holds NUL"),
    )
    return next((says for is_so, says in doubts if is_so), None)
