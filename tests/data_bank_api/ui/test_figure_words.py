"""How the figures of reports are shown."""

import pytest

from data_bank_api.ui.figure_words import as_number, brief, in_short, lengths, nearly, outline
from data_bank_api.ui.figure_words import share as share_text
from data_bank_api.ui.figure_words import told as told_text
from data_bank_client.wire.reports import ReportColumn, TextLengths, Told
from tests.data_bank_api.ui.pictures.columns import numbers, top
from tests.data_bank_client.fake_datasets import column


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0 %"),
        (0.0002, "<0.1 %"),
        (0.083, "8.3 %"),
        (0.61, "61 %"),
        (0.995, "99.5 %"),
        (0.9999, ">99.9 %"),
        (1, "100 %"),
    ],
)
def test_what_is_there_is_not_nothing_and_what_is_not_all_is_not_all(
    value: float, expected: str
) -> None:
    assert share_text(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "none"),
        ("2026-11-21", "2026-11-21"),
        (2026, "2026"),
        (-1880, "-1880"),
        (12345, "12,345"),
        (1234567, "1,234,567"),
        (1234.5, "1234.5"),
        (0.1, "0.1"),
        (1e-9, "1e-9"),
        ("9" * 40, "9" * 40),
    ],
)
def test_a_number_is_told_with_its_digits(value: Told | None, expected: str) -> None:
    assert told_text(value) == expected


def test_what_was_reckoned_is_told_to_eight_digits() -> None:
    assert nearly(4132150.41567041) == "4,132,150.4"
    assert nearly("9" * 30) == "9" * 30


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "none"),
        (0, "0"),
        (2026, "2026"),
        (318_695, "318,695"),
        (58_561_165, "58.56M"),
        (2_000_000_000, "2G"),
        (1.5e13, "15T"),
        (1.5e15, "1.5e15"),
        (62.2, "62.2"),
        (60.0, "60"),
        (-3.50832, "-3.508"),
        (0.00012, "0.00012"),
        (1e-7, "1e-7"),
        ("12345678901234567890", "1.235e19"),
        ("-1" + "9" * 399, "-1.999e399"),
        ("2026-11-21T10:00:00Z", "2026-11-21"),
    ],
)
def test_a_number_in_short_has_four_digits_and_a_moment_is_its_day(
    value: Told | None, expected: str
) -> None:
    assert in_short(value) == expected


def test_a_tick_keeps_its_zeros() -> None:
    assert [brief(each, 2) for each in (1.0, 0.5, 10.0)] == ["1.0", "0.50", "10"]


def test_a_number_larger_than_doubles_is_none() -> None:
    assert as_number("9" * 400) is None
    assert as_number("12") == 12.0
    assert as_number("a day") is None


@pytest.mark.parametrize(
    ("least", "most", "expected"),
    [(1, 1, "1 character"), (3, 3, "3 characters"), (3, 1200, "3 to 1,200 characters")],
)
def test_lengths_are_told_in_characters(least: int, most: int, expected: str) -> None:
    assert lengths(TextLengths(minimum=least, maximum=most, mean=2.0)) == expected


TEXTS = TextLengths(minimum=1, maximum=9, mean=3.5)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (numbers([0.0, 1.0], [2], (0, 1.25)), "0 … 1.25"),
        (column(1, "nothing"), ""),
        (column(1, "city", top_values=top(0.29)), "v0 29 %"),
        (column(1, "key", top_values=top(0.01), lengths=TEXTS), "1 to 9 characters"),
        (
            column(1, "long", top_values=[{"value": "x" * 50, "count": 2, "share": 0.5}]),
            f"{'x' * 39}… 50 %",
        ),
    ],
    ids=["numbers", "empty", "often", "each-once", "long"],
)
def test_a_column_is_outlined_in_a_few_words(told: ReportColumn, expected: str) -> None:
    assert outline(told) == expected
