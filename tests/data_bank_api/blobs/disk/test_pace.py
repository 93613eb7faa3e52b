"""The pace of long work: a rate that is kept, and a stop that is heeded."""

import pytest

from data_bank_api.blobs.disk.pace import SteadyPace, StoppedError


class Time:
    """A clock that only sleeping moves, or `now` set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.longest = 0.0

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.longest = max(self.longest, seconds)
        self.now += seconds


def test_a_rate_is_kept() -> None:
    time = Time()
    pace = SteadyPace(100, clock=time.clock, sleep=time.sleep)
    for _ in range(50):
        pace.take(20)
    assert time.now == pytest.approx(1010)


def test_without_a_rate_nothing_waits() -> None:
    time = Time()
    SteadyPace(0, clock=time.clock, sleep=time.sleep).take(10**12)
    assert time.now == 1000


def test_time_lost_to_a_slow_disk_is_not_made_up_for_by_a_long_rush() -> None:
    time = Time()
    pace = SteadyPace(100, clock=time.clock, sleep=time.sleep)
    time.now += 3600
    pace.take(1100)  # a second of the lost time counts
    assert time.now == pytest.approx(4610)


def test_a_stop_is_heeded_in_the_middle_of_a_long_wait() -> None:
    time = Time()
    pace = SteadyPace(1, lambda: time.now > 1001, clock=time.clock, sleep=time.sleep)
    with pytest.raises(StoppedError):
        pace.take(10**9)
    assert time.now == pytest.approx(1001, abs=0.2)
    assert time.longest <= 0.1


def test_a_stop_is_heeded_where_nothing_waits() -> None:
    with pytest.raises(StoppedError):
        SteadyPace(0, lambda: True).take(1)
