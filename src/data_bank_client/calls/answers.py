"""Reading answers: their JSON, their errors, and how long they ask to wait."""

import re
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import TypeVar

import msgspec

from data_bank_client.calls.call import Answer
from data_bank_client.errors import (
    DataBankClientError,
    RangeNotSatisfiableError,
    UnexpectedAnswerError,
)
from data_bank_client.wire.problem import read_problem
from data_bank_client.wire.ranges import parse_content_range

T = TypeVar("T")

_SECONDS = re.compile(r"\A[0-9]{1,9}\Z")


def expect(answer: Answer, *statuses: int) -> None:
    """Raise UnexpectedAnswerError unless the status is one of these."""
    if answer.status not in statuses:
        raise UnexpectedAnswerError(f"the service answered {answer.status}, which means nothing")


def json_reader(kind: type[T], *statuses: int) -> Callable[[Answer], T]:
    """Reads answers of these statuses as JSON of this shape, else raises UnexpectedAnswerError."""

    def read(answer: Answer) -> T:
        expect(answer, *statuses)
        try:
            return msgspec.json.decode(answer.body, type=kind)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise UnexpectedAnswerError(f"the answer is not a {kind.__name__}: {error}") from error

    return read


def read_size(headers: Mapping[str, str]) -> int | None:
    """The `Content-Length`; None where there is none or it is not a number."""
    text = headers.get("content-length", "")
    return int(text) if re.fullmatch(r"[0-9]{1,19}", text) else None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that `Retry-After` asks for (RFC 9110, 10.2.3), None where it cannot be read.

    A date is measured against the answer's own `Date`, so that a wrong clock here is no matter.
    """
    text = headers.get("retry-after", "")
    if _SECONDS.match(text):
        return float(text)
    try:
        until, now = parsedate_to_datetime(text), parsedate_to_datetime(headers.get("date", ""))
        return max(0.0, (until - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        # TypeError: only one of the two names its zone. OverflowError: a number no clock shows.
        return None


def _full_size(answer: Answer) -> int | None:
    parsed = parse_content_range(answer.headers.get("content-range", ""))
    return None if parsed is None else parsed[1]


def problem(answer: Answer) -> DataBankClientError | None:
    """The error that this answer is, or None where it is none."""
    if answer.status < 400:
        return None
    error = read_problem(answer.status, answer.body, answer.headers.get("x-request-id"))
    if isinstance(error, RangeNotSatisfiableError):
        error.size = _full_size(answer)
    error.retry_after = retry_after(answer.headers)
    return error
