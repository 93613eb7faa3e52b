"""Which runs are silent is told from beats alone, by the watcher's own clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_bank_api.jobs.silence import LONGEST_STEP, SILENCE, Silence
from data_bank_api.queue.upkeep import Beat


def watch(*looks: tuple[float, int], attempt: int = 1) -> list[bool]:
    """At each look, whether the one run, whose beat is given, is silent."""
    silence = Silence()
    return [silence.look([Beat("job", attempt, beat)], now) != [] for now, beat in looks]


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        pytest.param([(0, 0), (1, 0), (2, 0), (3, 0), (4, 0)], False, id="not-yet"),
        pytest.param([(0, 0), (2, 0), (4, 0), (5, 0)], True, id="silent"),
        pytest.param([(0, 0), (2, 0), (4, 1), (6, 1), (8, 1)], False, id="it-beat-once"),
        pytest.param([(0, 7), (2, 7), (4, 8), (6, 8), (8, 8), (9, 8)], True, id="and-stopped"),
        pytest.param([(0, 0), (3600, 0), (3602, 0)], False, id="nobody-looked"),
        pytest.param([(1e9, 0), (1e9 + 2, 0), (1e9 + 4, 0), (1e9 + 6, 0)], True, id="any-clock"),
    ],
)
def test_a_run_is_silent_when_its_beat_stands(
    looks: list[tuple[float, int]], expected: bool
) -> None:
    *earlier, last = watch(*looks)
    assert (earlier, last) == ([False] * len(earlier), expected)


def test_a_new_attempt_has_all_its_time() -> None:
    silence = Silence()
    for now in (0, 2, 4):
        silence.look([Beat("job", 1, 0)], now)
    assert silence.look([Beat("job", 2, 0)], 6) == []
    assert silence.look([Beat("job", 2, 0)], 8) == []


def test_silence_is_counted_anew_when_the_table_could_not_be_read() -> None:
    silence, run = Silence(), Beat("job", 1, 0)
    for now in (0, 2, 4):
        silence.look([run], now)
    silence.forget()
    assert [silence.look([run], now) for now in (5, 7, 9)] == [[], [], []]
    assert silence.look([run], 11) == [run]


def test_runs_that_are_over_are_forgotten() -> None:
    silence, run = Silence(), Beat("job", 1, 0)
    silence.look([run], 0)
    silence.look([], 2)
    silence.look([run], 4)
    assert silence.look([run], 6) == []


@given(st.lists(st.tuples(st.floats(0, 100), st.booleans()), max_size=50))
def test_who_beats_between_all_looks_is_never_silent_and_nobody_is_too_early(
    steps: list[tuple[float, bool]],
) -> None:
    silence = Silence()
    now, beat, quiet = 0.0, 0, 0.0
    silence.look([Beat("beating", 1, 0), Beat("other", 1, 0)], now)
    for number, (step, beats) in enumerate(steps):
        now, beat = now + step, beat + beats
        quiet = 0.0 if beats else quiet + min(step, LONGEST_STEP)
        found = silence.look([Beat("beating", 1, number + 1), Beat("other", 1, beat)], now)
        assert "beating" not in [each.job_id for each in found]
        assert (found != []) == (quiet >= SILENCE) or abs(quiet - SILENCE) < 1e-6
