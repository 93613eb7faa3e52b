"""Moments that a list is asked by."""

from datetime import datetime

from starlette.datastructures import QueryParams

from data_bank_client.errors import InvalidInputError
from data_bank_client.wire.times import parse_time


def read_moment(query: QueryParams, name: str) -> datetime | None:
    """None where it is not said. Raises InvalidInputError, which names the parameter."""
    text = query.get(name)
    try:
        return None if text is None else parse_time(text)
    except InvalidInputError as error:
        raise InvalidInputError(f"{name}: {error.message}; in an address + is %2B") from None
