"""What the Hub says of how much may be asked, and how requests keep to it."""

import pytest
from structlog.testing import capture_logs

from data_bank_api.hub.pace import Pace
from data_bank_api.hub.rate_limit import LONGEST_PAUSE, RateLimit, asked_pause


class Rests:
    """A clock that goes on only where somebody rests."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.taken: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.taken.append(round(seconds, 3))
        self.now += seconds


@pytest.mark.parametrize(
    ("header", "limit"),
    [
        ('"api";r=3;t=120', RateLimit("api", 3, 120)),
        ('"resolvers" ; r = 0 ; t = 1', RateLimit("resolvers", 0, 1)),
        ("", None),
        ("garbage", None),
        ('"api";r=-1;t=120', None),
        ('"api";r=1;t=9999999999', RateLimit("api", 1, 999999999)),
        ('"api";r=99999999999;t=1', None),
    ],
)
def test_a_rate_limit_is_read(header: str, limit: RateLimit | None) -> None:
    assert RateLimit.parse(header) == limit


@pytest.mark.parametrize(
    ("remaining", "seconds", "spacing"),
    [(21, 300, 0), (20, 210, 10), (9, 100, 10), (0, 100, 100), (0, 10**9, LONGEST_PAUSE)],
)
def test_what_is_left_is_spread_over_the_time_that_is_left(
    remaining: int, seconds: float, spacing: float
) -> None:
    assert RateLimit("api", remaining, seconds).spacing == spacing


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": "7", "ratelimit": '"api";r=0;t=120'}, 7),
        ({"ratelimit": '"api";r=0;t=120'}, 120),
        ({"ratelimit": '"api";r=5;t=120'}, None),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_a_refusal_says_how_long_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert asked_pause(headers) == seconds


def test_nobody_waits_as_long_as_there_is_plenty() -> None:
    rests = Rests()
    pace = Pace(rests, rests.sleep)
    for header in ("", "garbage", '"api";r=500;t=300', '"resolvers";r=0;t=300'):
        pace.wait("api")
        pace.note("api", header)
    pace.wait("api")
    assert rests.taken == []


def test_the_last_requests_of_a_window_are_spread() -> None:
    rests = Rests()
    pace = Pace(rests, rests.sleep)
    pace.note("api", '"api";r=2;t=30')
    for _ in range(4):
        pace.wait("api")
    assert rests.taken == [10, 10, 10]  # and then the window is over
    pace.wait("resolvers")
    assert len(rests.taken) == 3


def test_where_nothing_is_left_the_next_request_waits_for_the_window() -> None:
    rests = Rests()
    pace = Pace(rests, rests.sleep)
    pace.note("api", '"api";r=1;t=60')
    pace.note("api", '"api";r=0;t=60')
    pace.wait("api")
    pace.wait("api")
    assert rests.taken == [60]


def test_a_new_window_ends_the_waiting() -> None:
    rests = Rests()
    pace = Pace(rests, rests.sleep)
    pace.note("api", '"api";r=0;t=60')
    pace.note("api", '"api";r=499;t=300')
    pace.wait("api")
    assert rests.taken == []


def test_no_rest_is_longer_than_a_window() -> None:
    rests = Rests()
    pace = Pace(rests, rests.sleep)
    pace.note("api", '"api";r=0;t=999999999')
    pace.wait("api")
    assert rests.taken == [LONGEST_PAUSE]


@pytest.mark.parametrize(("seconds", "lines"), [(4, 0), (40, 1)])
def test_a_long_rest_is_in_the_log(seconds: int, lines: int) -> None:
    rests = Rests()
    pace = Pace(rests, rests.sleep)
    pace.note("api", f'"api";r=0;t={seconds}')
    with capture_logs() as logged:
        pace.wait("api")
    assert [each["pause"] for each in logged] == [seconds] * lines
    assert rests.taken == [seconds]
