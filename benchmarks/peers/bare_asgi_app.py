"""What uvicorn can do at most: an application that answers 4 KiB, with a file's headers."""

from starlette.types import Receive, Scope, Send

from benchmarks.options import SMALL_BYTES

BODY = b"x" * SMALL_BYTES
HEADERS = [
    (b"content-type", b"application/octet-stream"),
    (b"content-length", b"%d" % SMALL_BYTES),
    (b"etag", b'"' + b"a" * 64 + b'"'),
    (b"repr-digest", b"sha-256=:" + b"a" * 43 + b"=:"),
    (b"accept-ranges", b"bytes"),
    (b"cache-control", b"private, max-age=31536000, immutable"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"x-content-type-options", b"nosniff"),
    (b"last-modified", b"Sat, 21 Nov 2026 00:00:00 GMT"),
    (b"content-disposition", b"attachment"),
    (b"x-request-id", b"a" * 32),
]


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        for _ in ("startup", "shutdown"):
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY})
