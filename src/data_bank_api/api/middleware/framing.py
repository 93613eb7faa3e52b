"""Refuses requests whose framing two servers on the way could read differently.

Servers let these through; with another server in front they are how requests are smuggled.
The answer is 400, and the connection is closed.
"""

from starlette.types import ASGIApp, Receive, Scope, Send

from data_bank_api.api.errors import BadFramingError


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
    codings = [value.strip().lower() for name, value in headers if name == b"transfer-encoding"]
    lengths = sum(name == b"content-length" for name, _ in headers)
    hosts = sum(name == b"host" for name, _ in headers)
    if codings and (lengths or codings != [b"chunked"] or version == "1.0"):
        return "Transfer-Encoding must be `chunked`, alone, and without Content-Length"
    if lengths > 1:
        return "Content-Length is sent twice"
    if hosts > 1 or (hosts == 0 and version == "1.1"):
        return "Host must be sent once"
    if "\0" in path or "\ufffd" in path:
        return "the path is not UTF-8, or holds NUL"
    return None
