"""What of a job's progress is told."""

import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from data_bank_api.events.gate import INTERVAL, ProgressGate
from data_bank_api.queue.new_events import Progress

PERCENTS = st.floats(allow_nan=True, allow_infinity=True)
# What a job says, and how long it then works.
LIVES = st.lists(st.tuples(PERCENTS, st.floats(0, 3)), min_size=1)


def live(gate: ProgressGate, life: list[tuple[float, float]]) -> list[tuple[float, Progress]]:
    """What is told, and when."""
    now, told = 0.0, []
    for number, (percent, pause) in enumerate(life):
        gate.offer(Progress(percent, str(number)))
        taken = gate.take(now)
        if taken is not None:
            told.append((now, taken))
        now += pause
    return told


@given(LIVES)
def test_progress_is_from_0_to_100_and_never_falls(life: list[tuple[float, float]]) -> None:
    percents = [progress.percent for _, progress in live(ProgressGate(), life)]
    assert percents == sorted(percents)
    assert all(0 <= each <= 100 for each in percents)


@given(LIVES)
def test_it_is_told_at_most_once_a_second(life: list[tuple[float, float]]) -> None:
    moments = [now for now, _ in live(ProgressGate(), life)]
    assert all(later >= earlier + INTERVAL for earlier, later in pairwise(moments))


@given(LIVES)
def test_the_newest_is_told_at_the_end_if_it_was_not_before(
    life: list[tuple[float, float]],
) -> None:
    gate = ProgressGate()
    told = [progress for _, progress in live(gate, life)]
    left = gate.rest()
    last = left if left is not None else told[-1]
    assert last.message == str(len(life) - 1)
    assert gate.rest() is None


@given(LIVES, st.floats(0, 100))
def test_it_does_not_fall_below_what_was_told_before(
    life: list[tuple[float, float]], lowest: float
) -> None:
    assert all(each.percent >= lowest for _, each in live(ProgressGate(lowest), life))


def test_what_is_no_number_is_told_as_what_was_before() -> None:
    gate = ProgressGate()
    gate.offer(Progress(30, "a"))
    gate.offer(Progress(math.nan, "b", {"rows": 7}))
    assert gate.take(0) == Progress(30, "b", {"rows": 7})


def test_what_waited_is_told_when_its_time_has_come() -> None:
    gate = ProgressGate()
    gate.offer(Progress(10))
    assert gate.take(0) == Progress(10)
    gate.offer(Progress(20))
    gate.offer(Progress(30))
    assert gate.take(0.9) is None
    assert gate.take(1) == Progress(30)
    assert gate.take(5) is None


def test_a_whole_number_is_told_as_progress() -> None:
    gate = ProgressGate()
    gate.offer(Progress(100))
    assert gate.rest() == Progress(100.0)
