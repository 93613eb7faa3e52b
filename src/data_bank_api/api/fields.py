"""Header fields, each with its lines joined (RFC 9110, 5.3), and the sizes they declare."""

from starlette.datastructures import Headers

from data_bank_client.errors import BadRequestError


def combine(headers: Headers) -> dict[str, str]:
    """Lower-case names; a field sent on several lines is one list."""
    combined: dict[str, str] = {}
    for name, value in headers.items():
        combined[name] = f"{combined[name]}, {value}" if name in combined else value
    return combined


def content_length(fields: dict[str, str]) -> int | None:
    """None where the body's length is not declared. Raises BadRequestError."""
    text = fields.get("content-length")
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 20):
        raise BadRequestError("Content-Length is not a number")
    return int(text)
