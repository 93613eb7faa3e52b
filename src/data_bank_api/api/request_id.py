"""The id of a request: taken from `X-Request-ID` where it is one, else made."""

import os
import re

_SHAPE = re.compile(r"\A[A-Za-z0-9._-]{1,128}\Z")


def make_request_id() -> str:
    return os.urandom(16).hex()


def is_request_id(text: str) -> bool:
    return _SHAPE.match(text) is not None
