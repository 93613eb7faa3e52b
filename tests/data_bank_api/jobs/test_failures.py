"""What a run raised decides what is told, and whether it is tried again."""

from errno import ENOSPC

import httpx2
import pytest
import redis

from data_bank_api.db.database import DatabaseAwayError
from data_bank_api.jobs.failures import Failure, Pauses, judge
from data_bank_client.errors import (
    ConflictError,
    ExternalServiceError,
    FileQuarantinedError,
    InsufficientStorageClientError,
    InvalidInputError,
    NotFoundError,
    RateLimitError,
)

DAY = "Wed, 21 Oct 2026"
NO_CHANCE = Pauses(chance=lambda: 0.0)


def answered(status: int, **headers: str) -> httpx2.HTTPStatusError:
    request = httpx2.Request("GET", "https://hub.example/secret?token=hf_1")
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    response = httpx2.Response(status, request=request, headers=sent)
    return httpx2.HTTPStatusError("no", request=request, response=response)


def judged(error: Exception, retries: int = 0) -> Failure:
    return judge(error, retries, NO_CHANCE)


def asked_to_wait(seconds: float) -> RateLimitError:
    error = RateLimitError("slower")
    error.retry_after = seconds
    return error


@pytest.mark.parametrize(
    ("error", "kind", "code", "message"),
    [
        (DatabaseAwayError(), "system", "SERVICE_UNAVAILABLE", "the database does not answer"),
        (ExternalServiceError("bad gateway"), "system", "EXTERNAL_SERVICE_ERROR", "bad gateway"),
        (RateLimitError("slower"), "system", "RATE_LIMIT_EXCEEDED", "slower"),
        (InsufficientStorageClientError("full"), "system", "INSUFFICIENT_STORAGE", "full"),
        (answered(503), "system", "EXTERNAL_SERVICE_ERROR", "hub.example answered 503"),
        (answered(429), "system", "EXTERNAL_SERVICE_ERROR", "hub.example answered 429"),
        (httpx2.ConnectError("at 10.0.0.1"), "system", "EXTERNAL_SERVICE_ERROR", "a service that"),
        (redis.ConnectionError("at /run"), "system", "SERVICE_UNAVAILABLE", "Redis does not"),
        (OSError(ENOSPC, "No space left", "/data/x"), "system", "SERVICE_UNAVAILABLE", "No space"),
        (TimeoutError(), "system", "SERVICE_UNAVAILABLE", "TimeoutError"),
    ],
)
def test_what_may_pass_is_tried_again(error: Exception, kind: str, code: str, message: str) -> None:
    failure = judged(error)
    assert failure.pause == 2.0
    assert (failure.error["kind"], failure.error["code"]) == (kind, code)
    assert message in failure.error["message"]


@pytest.mark.parametrize(
    ("error", "kind", "code", "message"),
    [
        (InvalidInputError("no such"), "user", "INVALID_INPUT", "no such"),
        (NotFoundError("gone"), "user", "NOT_FOUND", "gone"),
        (ConflictError("clash"), "user", "CONFLICT", "clash"),
        (FileQuarantinedError("damaged"), "system", "FILE_QUARANTINED", "damaged"),
        (answered(404), "user", "EXTERNAL_SERVICE_ERROR", "hub.example answered 404"),
        (KeyError("hf_secret"), "system", "INTERNAL_ERROR", "internal error"),
    ],
)
def test_what_will_not_pass_is_told_at_once(
    error: Exception, kind: str, code: str, message: str
) -> None:
    failure = judged(error)
    assert failure.pause is None
    assert failure.error == {"kind": kind, "code": code, "message": message}


def test_no_message_holds_what_is_secret_or_a_path() -> None:
    errors = [answered(500), httpx2.ConnectError("/run"), OSError(5, "no", "/data"), KeyError("/x")]
    assert all("/" not in judged(error).error["message"] for error in errors)


def test_the_pauses_grow_and_after_three_there_is_none() -> None:
    pauses = [judged(DatabaseAwayError(), retries).pause for retries in range(4)]
    assert pauses == [2.0, 8.0, 32.0, None]


def test_chance_makes_a_pause_longer_by_a_quarter_at_most() -> None:
    assert Pauses(chance=lambda: 1.0).before(0, None) == 2.5
    assert Pauses((100.0,), lambda: 1.0).before(2, None) == 60.0


@pytest.mark.parametrize(
    ("error", "pause"),
    [
        (asked_to_wait(20), 20.0),
        (asked_to_wait(0.5), 2.0),
        (asked_to_wait(10**6), 3600.0),
        (answered(429, retry_after="30"), 30.0),
        (answered(503, retry_after="Wed, 21 Oct 2026 07:28:00 GMT"), 2.0),
        (answered(503, retry_after=f"{DAY} 07:28:20 GMT", date=f"{DAY} 07:28:00 GMT"), 20.0),
    ],
)
def test_who_is_told_to_wait_waits_so_long(error: Exception, pause: float) -> None:
    assert judged(error).pause == pause


@pytest.mark.parametrize(
    ("error", "is_defect"), [(KeyError(), True), (OSError(), True), (NotFoundError("x"), False)]
)
def test_the_unexpected_is_told_to_the_log(error: Exception, is_defect: bool) -> None:
    assert judged(error).is_defect is is_defect
