"""What the head of an answer says of a part."""

from collections.abc import Mapping

import pytest

from data_bank_api.hub.part_answer import judge_part, judge_whole
from data_bank_api.hub.patience import Patience
from data_bank_api.hub.setback import (
    BeginAnewError,
    ChangedError,
    ExpiredError,
    NoRangesError,
    SetbackError,
)
from data_bank_client.errors import ExternalServiceError, NotFoundError, RateLimitError

RIGHT = {"content-range": "bytes 10-19/100"}

Judged = tuple[int, Mapping[str, str], type[Exception]]
REFUSED: list[Judged] = [
    (200, {}, NoRangesError),
    (416, {}, ChangedError),
    (206, {"content-range": "bytes 10-19/101"}, ChangedError),
    (206, {"content-range": "bytes 10-18/100"}, SetbackError),
    (206, {"content-range": "bytes 0-9/100"}, SetbackError),
    (206, {"content-range": "bytes 10-19/*"}, SetbackError),
    (206, {"content-range": "bytes \u0661\u0660-19/100"}, SetbackError),
    (206, {"content-range": f"bytes 10-19/{'9' * 5000}"}, SetbackError),
    (206, {}, SetbackError),
    (206, {**RIGHT, "content-encoding": "gzip"}, SetbackError),
    (206, {**RIGHT, "content-length": "9"}, SetbackError),
    (204, {}, SetbackError),
    (400, {}, SetbackError),
    (404, {}, NotFoundError),
    (429, {}, SetbackError),
    (500, {}, SetbackError),
    *[(status, {}, ExpiredError) for status in (301, 302, 303, 307, 308, 401, 403, 410)],
]


def test_the_part_asked_for_is_taken() -> None:
    judge_part(206, RIGHT, 10, 20, 100)
    judge_part(206, {**RIGHT, "content-encoding": "identity"}, 10, 20, 100)


@pytest.mark.parametrize(("status", "headers", "kind"), REFUSED)
def test_anything_else_is_not(
    status: int, headers: Mapping[str, str], kind: type[Exception]
) -> None:
    with pytest.raises(kind) as raised:
        judge_part(status, headers, 10, 20, 100)
    assert type(raised.value) is kind


@pytest.mark.parametrize(
    ("status", "headers"),
    [(206, RIGHT), (500, {}), (200, {"content-encoding": "br"}), (200, {"content-length": "9"})],
)
def test_a_whole_is_a_200_as_it_is(status: int, headers: Mapping[str, str]) -> None:
    judge_whole(200, {"content-length": "10"}, 10)
    with pytest.raises(SetbackError):
        judge_whole(status, headers, 10)


@pytest.mark.parametrize(("status", "told"), [(429, RateLimitError), (503, ExternalServiceError)])
def test_the_pause_asked_for_is_told(status: int, told: type[Exception]) -> None:
    with pytest.raises(SetbackError) as raised:
        judge_part(status, {"retry-after": "7"}, 10, 20, 100)
    assert raised.value.pause == 7.0
    assert type(raised.value.told) is told
    assert raised.value.told.retry_after == 7.0


def test_pauses_grow_up_to_the_last() -> None:
    patience = Patience(pauses=(1.0, 2.0))
    assert [patience.pause(fruitless) for fruitless in range(5)] == [1.0, 1.0, 2.0, 2.0, 2.0]


def test_beginning_anew_is_no_setback() -> None:
    assert issubclass(ChangedError, BeginAnewError)
    assert not issubclass(BeginAnewError, SetbackError)
