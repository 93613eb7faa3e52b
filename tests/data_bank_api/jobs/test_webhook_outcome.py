"""What becomes of a delivery after a try."""

from datetime import timedelta

import pytest

from data_bank_api.jobs.webhook_outcome import PAUSES, TRIES, Reply, after_reply, after_silence
from data_bank_api.queue.deliveries import Outcome


@pytest.mark.parametrize("status", [200, 204, 299])
def test_an_answer_of_the_two_hundreds_is_a_delivery(status: int) -> None:
    assert after_reply(Reply(status), 0, 0.0) == Outcome("delivered", status)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (301, "answered 301: redirects are not followed"),
        (404, "answered 404"),
        (500, "answered 500"),
        (101, "answered 101"),
    ],
)
def test_any_other_answer_is_tried_again(status: int, error: str) -> None:
    expected = Outcome("pending", status, error, timedelta(seconds=5))
    assert after_reply(Reply(status), 0, 0.0) == expected


def test_who_is_gone_is_not_called_again() -> None:
    outcome = after_reply(Reply(410), 0, 0.0)
    assert outcome == Outcome("failed", 410, "answered 410: nobody is there any more")


def test_the_pauses_grow_over_half_a_day_until_the_last_try() -> None:
    outcomes = [after_silence("no connection", tries, 0.0) for tries in range(TRIES)]
    pauses = [outcome.pause.total_seconds() for outcome in outcomes[:-1]]
    assert pauses == list(PAUSES) == sorted(PAUSES)
    assert sum(pauses) > 12 * 3600
    assert outcomes[-1] == Outcome("failed", None, "no connection")


@pytest.mark.parametrize(
    ("asked", "pause"), [(None, 5), (0.0, 5), (7.0, 7), (10.0**9, 21600), (float(PAUSES[3]), 600)]
)
def test_what_retry_after_asks_for_is_honoured_up_to_a_limit(
    asked: float | None, pause: float
) -> None:
    assert after_reply(Reply(503, asked), 0, 0.0).pause == timedelta(seconds=pause)


def test_chance_makes_pauses_a_little_longer_and_never_shorter() -> None:
    assert after_reply(Reply(503, 100.0), 0, 1.0).pause == timedelta(seconds=110)
