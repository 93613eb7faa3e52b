"""Answers in JSON, each a line: a terminal's prompt comes after it."""

from collections.abc import Mapping

import msgspec
from starlette.responses import Response

_encoder = msgspec.json.Encoder()

# Where a browser shows one, it is text, and in no other page.
_GUARDS = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
}


def json_answer(
    content: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    told = _GUARDS if headers is None else {**_GUARDS, **headers}
    return Response(_encoder.encode(content) + b"\n", status, told, "application/json")
