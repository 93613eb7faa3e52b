"""The one tree of errors, shared by the client and the service.

Every error that crosses the wire is a class here with one `code`, its name in
`{"code", "message", "request_id"}`. `wire/problem.py` maps codes to HTTP statuses
and back. `exit_code` is what the `databank` command ends with; `is_temporary`
says that the same request may succeed a little later.

    DataBankClientError
    ├── BadRequestError ── InvalidJsonError
    ├── AuthorizationError   ForbiddenError
    ├── NotFoundError ── JobNotFoundError
    ├── MethodNotAllowedError   ConflictError   PreconditionFailedError
    ├── PayloadTooLargeError   UnsupportedMediaTypeError   RangeNotSatisfiableError
    ├── InvalidInputError   DigestMismatchError
    ├── RequestTimeoutError   RateLimitError   InternalError   ExternalServiceError
    ├── ServiceUnavailableError ── FileQuarantinedError
    ├── GatewayTimeoutError   InsufficientStorageClientError
    └── ConnectionFailedError   UnexpectedAnswerError   WebhookSignatureError
                                                           (these three never on the wire)
"""

from typing import ClassVar


class DataBankClientError(Exception):
    """What went wrong, in a sentence for a person; `request_id` finds it in the service's log.

    `retry_after`: the seconds that the service asked to wait before the next try, if it did.
    `is_after_another`: an earlier try of the same request failed, and may have been done.
    """

    code: ClassVar[str] = "ERROR"
    exit_code: ClassVar[int] = 1
    is_temporary: ClassVar[bool] = False
    retry_after: float | None = None
    is_after_another: bool = False

    def __init__(self, message: str, *, request_id: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.request_id = request_id


class BadRequestError(DataBankClientError):
    """The request's framing, a header or a cursor cannot be read."""

    code = "BAD_REQUEST"
    exit_code = 2


class InvalidJsonError(BadRequestError):
    """The body is not JSON."""

    code = "INVALID_JSON"


class AuthorizationError(DataBankClientError):
    """No key was sent."""

    code = "UNAUTHORIZED"
    exit_code = 3


class ForbiddenError(DataBankClientError):
    """The key that was sent may not do this."""

    code = "FORBIDDEN"
    exit_code = 3


class NotFoundError(DataBankClientError):
    """There is no such file or page."""

    code = "NOT_FOUND"
    exit_code = 4


class JobNotFoundError(NotFoundError):
    """There is no such job."""

    code = "JOB_NOT_FOUND"


class MethodNotAllowedError(DataBankClientError):
    """The address exists, the method does not; `allowed` are those that do, where known."""

    code = "METHOD_NOT_ALLOWED"
    exit_code = 2

    def __init__(
        self, message: str, *, allowed: tuple[str, ...] = (), request_id: str | None = None
    ) -> None:
        super().__init__(message, request_id=request_id)
        self.allowed = allowed


class RequestTimeoutError(DataBankClientError):
    """The request's body came too slowly."""

    code = "REQUEST_TIMEOUT"
    exit_code = 6
    is_temporary = True


class ConflictError(DataBankClientError):
    """It clashes with what is there or under way."""

    code = "CONFLICT"
    exit_code = 5


class PreconditionFailedError(DataBankClientError):
    """If-Match, If-None-Match or If-Unmodified-Since does not hold."""

    code = "PRECONDITION_FAILED"
    exit_code = 5


class PayloadTooLargeError(DataBankClientError):
    """The body is larger than the service takes."""

    code = "PAYLOAD_TOO_LARGE"
    exit_code = 7


class UnsupportedMediaTypeError(DataBankClientError):
    """The body's type or encoding is not taken."""

    code = "UNSUPPORTED_MEDIA_TYPE"
    exit_code = 2


class RangeNotSatisfiableError(DataBankClientError):
    """No byte of the file lies in the range asked for; `size` is the file's, where known."""

    code = "RANGE_NOT_SATISFIABLE"
    exit_code = 2

    def __init__(
        self, message: str, *, size: int | None = None, request_id: str | None = None
    ) -> None:
        super().__init__(message, request_id=request_id)
        self.size = size


class InvalidInputError(DataBankClientError):
    """A value is well formed but not one that is taken."""

    code = "INVALID_INPUT"
    exit_code = 2


class DigestMismatchError(DataBankClientError):
    """The bytes are not those that the digest names. Nothing was stored."""

    code = "DIGEST_MISMATCH"
    exit_code = 8


class RateLimitError(DataBankClientError):
    """Too many requests."""

    code = "RATE_LIMIT_EXCEEDED"
    exit_code = 6
    is_temporary = True


class InternalError(DataBankClientError):
    """The service failed; its log says why under the request id."""

    code = "INTERNAL_ERROR"
    exit_code = 9


class ExternalServiceError(DataBankClientError):
    """A service behind the bank failed."""

    code = "EXTERNAL_SERVICE_ERROR"
    exit_code = 6
    is_temporary = True


class ServiceUnavailableError(DataBankClientError):
    """The service cannot do this just now."""

    code = "SERVICE_UNAVAILABLE"
    exit_code = 6
    is_temporary = True


class FileQuarantinedError(ServiceUnavailableError):
    """The stored copy is damaged and not served. Uploading the file again heals it."""

    code = "FILE_QUARANTINED"
    exit_code = 8
    is_temporary = False


class GatewayTimeoutError(DataBankClientError):
    """A part of the service did not answer in time."""

    code = "TIMEOUT"
    exit_code = 6
    is_temporary = True


class InsufficientStorageClientError(DataBankClientError):
    """The service's disk has no room for this."""

    code = "INSUFFICIENT_STORAGE"
    exit_code = 7


class ConnectionFailedError(DataBankClientError):
    """The service could not be reached, or the connection was lost."""

    code = "CONNECTION_FAILED"
    exit_code = 6
    is_temporary = True


class UnexpectedAnswerError(DataBankClientError):
    """The answer is not one that a Data Bank gives."""

    code = "UNEXPECTED_ANSWER"
    exit_code = 9


class WebhookSignatureError(DataBankClientError):
    """A call of a webhook was not signed with its secret, or not just now."""

    code = "WEBHOOK_SIGNATURE"
    exit_code = 8
