"""A rate in words."""

import pytest

from data_bank_api.hub.rate_words import rate_words


@pytest.mark.parametrize(
    ("rate", "words"),
    [(0, "0 kB/s"), (38_400, "38 kB/s"), (1_000_000, "1.0 MB/s"), (2_345_678_901, "2345.7 MB/s")],
)
def test_a_rate_of_small_files_is_told_too(rate: float, words: str) -> None:
    assert rate_words(rate) == words
