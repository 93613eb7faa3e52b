"""Reading answers: their JSON, their errors, and how long they ask to wait."""

import re
from collections.abc import Callable, Mapping
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
from data_bank_client.wire.retry_after import retry_after

T = TypeVar("T")


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
