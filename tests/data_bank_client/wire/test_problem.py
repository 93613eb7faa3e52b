"""An error there and back."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_bank_client.errors import (
    BadRequestError,
    ConnectionFailedError,
    DataBankClientError,
    FileQuarantinedError,
    InvalidInputError,
    NotFoundError,
    ServiceUnavailableError,
    UnexpectedAnswerError,
)
from data_bank_client.wire.problem import STATUSES, Problem, read_problem, status_of


def body_of(error: DataBankClientError) -> bytes:
    return msgspec.json.encode(
        Problem(code=error.code, message=error.message, request_id=error.request_id or "")
    )


@pytest.mark.parametrize("kind", STATUSES)
@settings(max_examples=20)
@given(message=st.text(), request_id=st.text(min_size=1))
def test_an_error_is_read_back_as_its_own_class(
    kind: type[DataBankClientError], message: str, request_id: str
) -> None:
    sent = kind(message, request_id=request_id)
    found = read_problem(status_of(sent), body_of(sent), None)
    assert type(found) is kind
    assert (found.message, found.request_id) == (message, request_id)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequestError),
        (404, NotFoundError),
        (422, InvalidInputError),
        (503, ServiceUnavailableError),
        (418, UnexpectedAnswerError),
    ],
)
def test_a_bare_status_stands_for_its_first_class(
    status: int, kind: type[DataBankClientError]
) -> None:
    found = read_problem(status, b"", "r-1")
    assert type(found) is kind
    assert found.message == f"the service answered {status}"
    assert found.request_id == "r-1"


def test_the_code_wins_over_the_status() -> None:
    body = body_of(FileQuarantinedError("damaged", request_id="r-1"))
    assert type(read_problem(502, body, None)) is FileQuarantinedError


@pytest.mark.parametrize(("status", "kind"), [(404, NotFoundError), (299, UnexpectedAnswerError)])
def test_of_a_code_that_is_not_known_the_status_is_read(
    status: int, kind: type[DataBankClientError]
) -> None:
    found = read_problem(status, b'{"code": "NEW", "message": "m", "request_id": "r"}', None)
    assert type(found) is kind
    assert found.message == "m"


def test_an_error_that_is_never_on_the_wire_counts_as_500() -> None:
    assert status_of(ConnectionFailedError("away")) == 500


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Bad Gateway</html>",
        b'{"code": 5, "message": "m", "request_id": "r"}',
        b'{"code": "NOT_FOUND"}',
        b'{"code": "\xff", "message": "m", "request_id": "r"}',
        b"null",
    ],
)
def test_a_body_that_is_not_a_problem_never_raises(body: bytes) -> None:
    assert read_problem(502, body, None).message == "the service answered 502"


def test_a_body_nested_too_deeply_never_raises() -> None:
    body = b'{"x": ' + b"[" * 200_000
    assert read_problem(502, body, None).message == "the service answered 502"


@given(st.integers(100, 599), st.binary())
def test_any_answer_stands_for_some_error(status: int, body: bytes) -> None:
    assert isinstance(read_problem(status, body, None), DataBankClientError)
