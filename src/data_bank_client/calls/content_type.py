"""Which content type a file is sent with."""

from data_bank_client.errors import InvalidInputError
from data_bank_client.wire.content_type import guess_content_type


def checked_content_type(given: str | None, filename: str) -> str:
    """The type that was given, or the one that the name suggests.

    Raises InvalidInputError for one that no header can carry.
    """
    if given is None:
        return guess_content_type(filename)
    if not given.isascii() or not given.isprintable() or "/" not in given:
        raise InvalidInputError(f"{given!r} is not a content type such as text/plain")
    return given.strip()
