"""Answers in JSON, each a line: a terminal's prompt comes after it."""

from collections.abc import Mapping

import msgspec
from starlette.responses import Response

_encoder = msgspec.json.Encoder()


def json_answer(
    content: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    return Response(_encoder.encode(content) + b"\n", status, headers, "application/json")
