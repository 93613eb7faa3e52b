"""Scales, and the round numbers beside them."""

import pytest

from data_bank_api.ui.pictures.scale import Scale, label


def labels(least: float, largest: float, finest: float = 0.0) -> list[str]:
    return [each.label for each in Scale(least, largest).ticks(finest)]


def test_a_number_has_its_place_in_percent() -> None:
    scale = Scale(-10, 30)
    assert [scale.place(each) for each in (-10, 0, 30)] == [0.0, 25.0, 100.0]


def test_what_is_beyond_a_scale_lies_at_its_end() -> None:
    assert [Scale(0, 1).place(each) for each in (-5, 7)] == [0.0, 100.0]


def test_one_number_lies_in_the_middle_and_is_its_own_tick() -> None:
    assert Scale(7, 7).place(7) == 50.0
    assert labels(7, 7) == ["7"]


def test_the_span_of_two_doubles_may_be_larger_than_a_double() -> None:
    assert Scale(-1.7e308, 1.7e308).place(0) == 50.0
    assert labels(-1.7e308, 1.7e308) == ["-1e308", "0", "1e308"]


@pytest.mark.parametrize(
    ("least", "largest", "expected"),
    [
        (0, 1, ["0", "0.5", "1.0"]),
        (62, 345, ["100", "200", "300"]),
        (1880, 2026, ["1900", "1950", "2000"]),
        (-3.5, 3.5, ["-2", "0", "2"]),
        (0, 58_561_165, ["0", "20M", "40M"]),
        (0.0001, 0.0004, ["0.0001", "0.0002", "0.0003", "0.0004"]),
        (1e-9, 4e-9, ["1e-9", "2e-9", "3e-9", "4e-9"]),
        (100_000.1, 100_000.4, ["100,000.1", "100,000.2", "100,000.3", "100,000.4"]),
    ],
)
def test_ticks_are_a_few_round_numbers(least: float, largest: float, expected: list[str]) -> None:
    assert labels(least, largest) == expected


def test_ticks_may_be_kept_from_being_finer_than_one() -> None:
    assert labels(0, 2, finest=1) == ["0", "1", "2"]
    assert labels(0, 2) == ["0", "0.5", "1.0", "1.5", "2.0"]


def test_the_smallest_doubles_have_a_tick() -> None:
    assert labels(0, 1e-323) == ["0"]


def test_a_label_has_as_many_digits_as_tell_it_from_the_next() -> None:
    assert label(0, 0.25) == "0"
    assert label(0.5, 0.25) == "0.5"
    assert label(1500, 500) == "1500"
