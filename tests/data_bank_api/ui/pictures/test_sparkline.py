"""The small picture of a column."""

from data_bank_api.ui.pictures.sparkline import sparkline
from tests.data_bank_api.ui.pictures.columns import numbers, top
from tests.data_bank_client.fake_datasets import column


def test_numbers_are_bars_and_a_bin_without_any_is_a_gap() -> None:
    drawn = sparkline(numbers([0.0, 1.0, 2.0, 3.0], [4, 0, 1], (0, 3)))
    assert drawn is not None
    assert (drawn.width, drawn.strip) == (3, ())
    assert drawn.path == "M0 20v-20h0.85v20zM2 20v-5h0.85v5z"


def test_what_is_there_at_all_is_a_pixel_high() -> None:
    drawn = sparkline(numbers([0.0, 1.0, 2.0], [1000, 1], (0, 2)))
    assert drawn is not None
    assert "M1 20v-1h" in drawn.path


def test_texts_are_a_strip_of_the_values_that_are_there_most_often() -> None:
    drawn = sparkline(column(1, "city", top_values=top(0.5, 0.25)))
    assert drawn is not None
    assert [(each.x, each.width, each.says) for each in drawn.strip] == [
        (0.0, 50.0, "v0"),
        (50.0, 25.0, "v1"),
    ]


def test_a_strip_has_six_parts_at_most() -> None:
    drawn = sparkline(column(1, "city", top_values=top(*[0.1] * 10)))
    assert drawn is not None
    assert len(drawn.strip) == 6


def test_nothing_is_drawn_where_no_value_is_often() -> None:
    assert sparkline(column(1, "id", top_values=top(0.001, 0.001))) is None
    assert sparkline(column(1, "nothing")) is None
