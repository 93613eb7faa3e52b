"""What wrk says of how long answers took."""

import pytest

from benchmarks.errors import BenchmarkError
from benchmarks.load.latency import Latency, parse_latency

TOLD = '"requests": 1000, "microseconds": 5000000, "p50": 900, "p99": 2000, "longest": 3000'
SAID = f'Running 5s test @ http://127.0.0.1:8000\nLATENCY {{{TOLD}, "errors": %d}}\n'


def test_latencies_are_found_in_what_wrk_prints() -> None:
    found = parse_latency(SAID % 0)
    assert found == Latency(1000, 5_000_000, 900, 2000, 3000, 0)
    assert found.per_second == 200.0


@pytest.mark.parametrize("said", [SAID % 1, "unable to connect to 127.0.0.1:1"])
def test_a_run_with_errors_or_without_a_result_has_no_latency(said: str) -> None:
    with pytest.raises(BenchmarkError):
        parse_latency(said)
