"""What curl says of a transfer."""

import pytest

from benchmarks.errors import BenchmarkError
from benchmarks.load.curl import parse_told


def test_seconds_are_told_where_status_and_bytes_are_right() -> None:
    assert parse_told("200 1000 0 0.25", 1000) == 0.25
    assert parse_told("201 300 1000 0.5", 1000) == 0.5


@pytest.mark.parametrize("told", ["503 1000 0 0.1", "200 999 0 0.1", "curl: (7) refused"])
def test_another_status_or_size_is_no_figure(told: str) -> None:
    with pytest.raises(BenchmarkError):
        parse_told(told, 1000)
