"""What wrk says of a run."""

import pytest

from benchmarks.errors import BenchmarkError
from benchmarks.load.wrk import Outcome, parse_outcome

SAID = """\
Running 5s test @ http://127.0.0.1:8000
  1000 requests in 5.00s, 4.10MB read
RESULT {"requests": 1000, "stored": 400, "microseconds": 5000000, "refused": %d, "broken": %d}
"""


def test_a_result_is_found_in_what_wrk_prints() -> None:
    outcome = parse_outcome(SAID % (0, 0))
    assert outcome == Outcome(1000, 400, 5_000_000, 0, 0)
    assert outcome.per_second(outcome.stored) == 80.0


@pytest.mark.parametrize(("refused", "broken"), [(1, 0), (0, 1)])
def test_a_run_with_errors_is_no_figure(refused: int, broken: int) -> None:
    with pytest.raises(BenchmarkError, match="had errors"):
        parse_outcome(SAID % (refused, broken))


def test_a_run_without_a_result_says_what_wrk_said() -> None:
    with pytest.raises(BenchmarkError, match="more contents are needed"):
        parse_outcome("PANIC: more contents are needed")
