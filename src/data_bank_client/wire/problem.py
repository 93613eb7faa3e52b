"""An error on the wire: always `{"code", "message", "request_id"}`, and the one table of statuses.

The service reads STATUSES from class to status; the client reads it backwards, by
code where the body can be read and by status where it cannot (HEAD, a proxy's page).
"""

from typing import TypedDict

import msgspec

from data_bank_client import errors
from data_bank_client.errors import DataBankClientError, UnexpectedAnswerError

# In a row of equal statuses the first class is the one that a bare status means.
STATUSES: dict[type[DataBankClientError], int] = {
    errors.BadRequestError: 400,
    errors.InvalidJsonError: 400,
    errors.AuthorizationError: 401,
    errors.ForbiddenError: 403,
    errors.NotFoundError: 404,
    errors.JobNotFoundError: 404,
    errors.MethodNotAllowedError: 405,
    errors.RequestTimeoutError: 408,
    errors.ConflictError: 409,
    errors.PreconditionFailedError: 412,
    errors.PayloadTooLargeError: 413,
    errors.UnsupportedMediaTypeError: 415,
    errors.RangeNotSatisfiableError: 416,
    errors.InvalidInputError: 422,
    errors.DigestMismatchError: 422,
    errors.RateLimitError: 429,
    errors.InternalError: 500,
    errors.ExternalServiceError: 502,
    errors.ServiceUnavailableError: 503,
    errors.FileQuarantinedError: 503,
    errors.GatewayTimeoutError: 504,
    errors.InsufficientStorageClientError: 507,
}

_BY_CODE = {kind.code: kind for kind in STATUSES}
_BY_STATUS = {status: kind for kind, status in reversed(STATUSES.items())}


class Problem(TypedDict):
    """The body of every answer that is an error."""

    code: str
    message: str
    request_id: str


def status_of(error: DataBankClientError) -> int:
    """The HTTP status of an error, by the nearest class on the table; 500 for none of them."""
    return next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), 500)


def read_problem(status: int, body: bytes, request_id: str | None) -> DataBankClientError:
    """The error that an answer of this status and body stands for, never raising itself."""
    try:
        problem = msgspec.json.decode(body, type=Problem)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        kind = _BY_STATUS.get(status, UnexpectedAnswerError)
        return kind(f"the service answered {status}", request_id=request_id)
    kind = _BY_CODE.get(problem["code"]) or _BY_STATUS.get(status, UnexpectedAnswerError)
    return kind(problem["message"], request_id=problem["request_id"])
