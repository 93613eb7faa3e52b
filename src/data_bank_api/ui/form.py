"""A form's fields from a body of `application/x-www-form-urlencoded`, bounded."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request

from data_bank_client.errors import BadRequestError, PayloadTooLargeError

FORM = "application/x-www-form-urlencoded"
_MOST_BYTES = 64 * 1024
_MOST_FIELDS = 100


async def read_form(request: Request) -> Mapping[str, str]:
    """Of a field that comes twice the last; none of a body of another type.

    Raises PayloadTooLargeError, BadRequestError.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        return {}
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise PayloadTooLargeError(f"a form may have {_MOST_BYTES} bytes at most")
    try:
        text = bytes(body).decode("ascii")
        return dict(
            parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
        )
    except ValueError as error:
        raise BadRequestError("the body is no form") from error


async def read_nothing(_request: Request) -> Mapping[str, str]:
    """The body is not a form: who handles it reads it."""
    return {}
