"""What an answer to the request for a part says, before its body is read: no I/O.

206, and it is the part asked for          go on
200                                        NoRangesError, where a range was asked for
206 of another size, 416                   ChangedError
401, 403, 410, a redirect                  ExpiredError: the address is asked for again
429, 503                                   SetbackError, with the pause asked for
404                                        NotFoundError, which is final
anything else                              SetbackError
"""

import re
from collections.abc import Mapping
from http import HTTPStatus

from data_bank_api.hub.setback import ChangedError, ExpiredError, NoRangesError, SetbackError
from data_bank_client.errors import (
    DataBankClientError,
    ExternalServiceError,
    NotFoundError,
    RateLimitError,
)
from data_bank_client.wire.retry_after import retry_after

_CONTENT_RANGE = re.compile(r"\Abytes (\d{1,19})-(\d{1,19})/(\d{1,19})\Z", re.ASCII)
_EXPIRED = {301, 302, 303, 307, 308, 401, 403, 410}


def judge_part(status: int, headers: Mapping[str, str], start: int, stop: int, size: int) -> None:
    """Of an answer to `Range: bytes=start-(stop - 1)`. Raises as the table says."""
    if status == HTTPStatus.OK:
        raise NoRangesError("the whole came instead of a range")
    if status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        raise ChangedError("the file has become shorter")
    if status != HTTPStatus.PARTIAL_CONTENT:
        raise _refusal(status, headers)
    _judge_encoding(headers)
    match = _CONTENT_RANGE.match(headers.get("content-range", ""))
    found = tuple(int(each) for each in match.groups()) if match else ()
    if found[2:] not in ((), (size,)):
        raise ChangedError("the file has another size now")
    if found != (start, stop - 1, size):
        raise _garbled("another range came than the one asked for")
    _judge_length(headers, stop - start)


def judge_whole(status: int, headers: Mapping[str, str], size: int) -> None:
    """Of an answer to a request without Range. Raises as the table says."""
    if status != HTTPStatus.OK:
        raise _refusal(status, headers)
    _judge_encoding(headers)
    _judge_length(headers, size)


def _judge_length(headers: Mapping[str, str], count: int) -> None:
    """Where it is told; where it is not, the bytes are counted."""
    if headers.get("content-length", str(count)) != str(count):
        raise _garbled("the answer has another length than what was asked for")


def _judge_encoding(headers: Mapping[str, str]) -> None:
    if headers.get("content-encoding", "identity") != "identity":
        raise _garbled("the bytes came encoded")


def _garbled(why: str) -> SetbackError:
    return SetbackError(ExternalServiceError(why))


def _refusal(status: int, headers: Mapping[str, str]) -> SetbackError | NotFoundError:
    if status == HTTPStatus.NOT_FOUND:
        return NotFoundError("the Hub has the file no more")
    if status in _EXPIRED:
        return ExpiredError(ExternalServiceError(f"the file's address is refused ({status})"))
    asked = retry_after(headers)
    told: DataBankClientError = ExternalServiceError(f"the host of the file answered {status}")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        told = RateLimitError("the host of the file had too many requests")
    told.retry_after = asked
    return SetbackError(told, asked or 0.0)
