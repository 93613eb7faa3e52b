"""Numbers in as much room as there is."""

import pytest

from data_bank_client.cli.reports.numbers import (
    count_text,
    full_text,
    lengths_text,
    number_text,
    share_text,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"),
        (0, "0"),
        (602166, "602,166"),
        (1204332, "1204332"),
        (-1204332, "-1.2e6"),
        (9_007_199_254_740_992, "9.01e15"),
        (0.1, "0.1"),
        (602166.58, "602167"),
        (2 / 3, "0.66667"),
        (-2 / 3, "-0.6667"),
        (1.5e-300, "2e-300"),
        (-1.25e300, "-1e300"),
        ("9" * 40, "9.99e39"),
        ("-" + "12345678901" * 3, "-1.2e32"),
        ("2024-01-31T10:00:00", "2024-01-31T10:00:00"),
    ],
)
def test_a_number_is_told_as_exactly_as_there_is_room(value: float | str | None, text: str) -> None:
    assert number_text(value, 7) == text


def test_a_number_with_room_is_told_whole() -> None:
    assert number_text(1204332, 12) == "1,204,332"
    assert number_text("123456789012345678", 20) == "123456789012345678"
    assert [full_text(each) for each in (1204332, 0.1, "9" * 20, None)] == [
        "1,204,332",
        "0.1",
        "9" * 20,
        "-",
    ]


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0"),
        (999_999, "999,999"),
        (1_000_000, "1.0M"),
        (1_204_332, "1.2M"),
        (25 * 10**9, "25.0G"),
        (10**18, "1000.0P"),
    ],
)
def test_a_large_count_is_told_by_its_first_digits(count: int, text: str) -> None:
    assert count_text(count) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0%"),
        (0.0001, "<1%"),
        (0.005, "<1%"),
        (0.01, "1%"),
        (0.34, "34%"),
        (0.99, "99%"),
        (0.9999, ">99%"),
        (1.0, "100%"),
    ],
)
def test_what_is_there_is_not_nothing_and_what_lacks_some_is_not_all(
    share: float, text: str
) -> None:
    assert share_text(share) == text


@pytest.mark.parametrize(
    ("least", "most", "text"),
    [
        (3, 1200, "3 to 1,200 characters"),
        (36, 36, "36 characters"),
        (1, 1, "1 character"),
    ],
)
def test_lengths_are_told_as_people_say_them(least: int, most: int, text: str) -> None:
    assert lengths_text({"minimum": least, "maximum": most, "mean": 4.5}) == text
