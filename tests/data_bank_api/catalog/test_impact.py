import pytest

from data_bank_api.catalog.impact import UNKNOWN, Impact, judge_impact

GIB, MIB = 2**30, 2**20


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (10 * GIB, Impact("high", "large_size")),
        (10 * GIB - 1, Impact("medium", "medium_size")),
        (GIB, Impact("medium", "medium_size")),
        (GIB - 1, Impact("low", "small_size")),
        (100 * MIB, Impact("low", "small_size")),
    ],
)
def test_size_decides_first(size: int, expected: Impact) -> None:
    assert expected == judge_impact(size, downloads=10**9, likes=10**9)


@pytest.mark.parametrize("size", [100 * MIB - 1, 0, None])
@pytest.mark.parametrize(
    ("downloads", "level"),
    [
        (100_000, "high"),
        (99_999, "medium"),
        (10_000, "medium"),
        (9_999, "low"),
        (1_000, "low"),
    ],
)
def test_downloads_decide_where_the_size_is_small_or_unknown(
    size: int | None, downloads: int, level: str
) -> None:
    found = judge_impact(size, downloads, likes=10**9)
    assert (level, "downloads") == (found.level, found.method)


@pytest.mark.parametrize(
    ("likes", "level"),
    [(1_000, "high"), (999, "medium"), (100, "medium"), (99, "low"), (10, "low")],
)
def test_likes_decide_last(likes: int, level: str) -> None:
    found = judge_impact(None, 999, likes)
    assert (level, "likes") == (found.level, found.method)


def test_what_nobody_uses_and_knows_has_no_impact() -> None:
    assert Impact("not_available", UNKNOWN) == judge_impact(5, 999, 9)
