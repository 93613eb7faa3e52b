"""What answers mean, as values."""

import pytest

from data_bank_client.calls.answers import problem, read_size
from data_bank_client.calls.call import Answer
from data_bank_client.errors import RangeNotSatisfiableError, RateLimitError, UnexpectedAnswerError


def test_an_answer_below_400_is_no_problem() -> None:
    assert problem(Answer(304)) is None


def test_a_problem_without_a_body_is_known_by_its_status_and_request_id() -> None:
    error = problem(Answer(429, {"x-request-id": "r-7"}))
    assert isinstance(error, RateLimitError)
    assert error.request_id == "r-7"


def test_a_status_that_nobody_promised_is_unexpected() -> None:
    assert isinstance(problem(Answer(418)), UnexpectedAnswerError)


@pytest.mark.parametrize(("field", "size"), [("bytes */7", 7), ("bytes */*", None), ("x", None)])
def test_a_416_says_how_long_the_file_is(field: str, size: int | None) -> None:
    error = problem(Answer(416, {"content-range": field}))
    assert isinstance(error, RangeNotSatisfiableError)
    assert error.size == size


@pytest.mark.parametrize(("text", "size"), [("12", 12), ("+1", None), ("1_0", None), ("", None)])
def test_a_length_is_digits(text: str, size: int | None) -> None:
    assert read_size({"content-length": text}) == size
