"""JSON bodies: bounded, decoded at once into a typed value."""

from typing import TypeVar

import msgspec
from starlette.requests import Request

from data_bank_client.errors import InvalidInputError, InvalidJsonError, PayloadTooLargeError

T = TypeVar("T")


async def read_json(request: Request, kind: type[T], max_bytes: int) -> T:
    """Raises PayloadTooLargeError, InvalidJsonError; InvalidInputError for a wrong shape."""
    return _decode(await _read(request, max_bytes), kind)


async def read_json_or(request: Request, kind: type[T], max_bytes: int, nothing: T) -> T:
    """The same; `nothing` where there is no body at all."""
    body = await _read(request, max_bytes)
    return _decode(body, kind) if body else nothing


async def _read(request: Request, max_bytes: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > max_bytes:
            raise PayloadTooLargeError(f"this body may have {max_bytes} bytes at most")
    return bytes(body)


def _decode(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise InvalidInputError(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidJsonError("the body is not JSON") from error
