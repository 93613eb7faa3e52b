"""Errors on their way out: status, the headers that belong to some, and the one body."""

import math

from asgi_correlation_id import correlation_id
from starlette.responses import Response

from data_bank_api.api.answers import json_answer
from data_bank_client.errors import (
    AuthorizationError,
    BadRequestError,
    DataBankClientError,
    MethodNotAllowedError,
    RangeNotSatisfiableError,
    RateLimitError,
    RequestTimeoutError,
    ServiceUnavailableError,
)
from data_bank_client.wire.problem import Problem, status_of


class BadFramingError(BadRequestError):
    """As BadRequestError; where the next request begins is in doubt, so the connection ends."""


class BusyError(ServiceUnavailableError):
    """Too much is under way for one more connection: this one ends."""


def error_headers(error: DataBankClientError) -> dict[str, str]:
    """The fields that belong to some errors, however they are told."""
    match error:
        case AuthorizationError():
            return {"WWW-Authenticate": 'Bearer realm="data-bank"'}
        case MethodNotAllowedError():
            return {"Allow": ", ".join(error.allowed)}
        case RangeNotSatisfiableError():
            return {"Content-Range": f"bytes */{error.size}"}
        case RequestTimeoutError() | BadFramingError():
            return {"Connection": "close"}
        case BusyError():
            return {"Connection": "close", "Retry-After": "1"}
        case RateLimitError():
            return _pause(error.retry_after or 1.0)
        case ServiceUnavailableError() if error.retry_after is not None:
            return _pause(error.retry_after)
        case _:
            return {}


def _pause(seconds: float) -> dict[str, str]:
    return {"Retry-After": str(math.ceil(seconds))}


def problem_answer(error: DataBankClientError) -> Response:
    request_id = correlation_id.get() or ""
    problem = Problem(code=error.code, message=error.message, request_id=request_id)
    return json_answer(problem, status_of(error), error_headers(error))
