"""Histograms, and the boxes below them."""

from data_bank_api.ui.pictures.histogram import HEIGHT, Box, Dot, histogram
from tests.data_bank_api.ui.pictures.columns import numbers, outliers, quartiles
from tests.data_bank_client.fake_datasets import column


def test_a_bar_is_as_high_as_there_are_numbers_in_its_bin() -> None:
    drawn = histogram(numbers([0.0, 5.0, 10.0], [10, 5], (0.0, 10.0)))
    assert drawn is not None
    assert [(each.x, each.width) for each in drawn.bars] == [(0.0, 50.0), (50.0, 50.0)]
    assert [(each.y, each.height) for each in drawn.bars] == [(0.0, HEIGHT), (90.0, 90.0)]
    assert [each.says for each in drawn.bars] == ["0 to 5", "5 to 10"]
    assert drawn.box is None


def test_a_bar_of_few_is_seen_and_one_of_none_is_not() -> None:
    drawn = histogram(numbers([0.0, 1.5, 3.0, 4.5], [100_000, 1, 0], (0.0, 4.5)))
    assert drawn is not None
    assert [each.height for each in drawn.bars] == [HEIGHT, 1.5, 0]


def test_an_integer_with_a_bin_of_its_own_lies_in_its_middle() -> None:
    drawn = histogram(
        numbers([1.0, 2.0, 3.0], [1, 3], (1, 2), "integer", quartiles=quartiles(1, 2, 2))
    )
    assert drawn is not None
    assert [each.says for each in drawn.bars] == ["1", "2"]
    assert [(each.place, each.label) for each in drawn.ticks] == [(25.0, "1"), (75.0, "2")]
    assert drawn.box == Box(25.0, 25.0, 75.0, 75.0, 75.0, None, ())


def test_integers_that_share_bins_lie_from_edge_to_edge() -> None:
    drawn = histogram(numbers([0.0, 1.0, 2.0], [1, 3], (0, 2), "integer"))
    assert drawn is not None
    assert [each.says for each in drawn.bars] == ["0 to 1", "1 to 2"]


def test_a_single_number_has_a_bar_in_the_middle() -> None:
    drawn = histogram(numbers([2.5, 2.5], [4], (2.5, 2.5)))
    assert drawn is not None
    assert [(each.x, each.width) for each in drawn.bars] == [(35.0, 30.0)]


def test_whiskers_end_at_the_fences_or_before_and_outliers_are_dots() -> None:
    told = {
        "quartiles": quartiles(40, 50, 60),
        "outliers": outliers(10, 90, "100", "not a number"),
        "mean": 55,
    }
    drawn = histogram(numbers([0.0, 50.0, 100.0], [2, 2], (0, 100), "decimal", **told))
    assert drawn is not None
    assert drawn.box == Box(10.0, 40.0, 50.0, 60.0, 90.0, 55.0, (Dot(100.0, "row 5: 100"),))


def test_a_box_of_numbers_beyond_doubles_is_not_drawn() -> None:
    told = {"quartiles": quartiles("9" * 400, 1, 2)}
    drawn = histogram(numbers([0.0, 1.5, 3.0], [2, 2], (0, 3), "decimal", **told))
    assert drawn is not None
    assert drawn.box is None


def test_fences_beyond_doubles_are_left_to_the_ends() -> None:
    told = {"quartiles": quartiles(1, 2, 3), "outliers": outliers("9" * 400, None)}
    drawn = histogram(numbers([0.0, 2.0, 4.0], [2, 2], (0, 4), "decimal", **told))
    assert drawn is not None
    assert drawn.box is not None
    assert (drawn.box.start, drawn.box.end) == (0.0, 100.0)


def test_lines_stand_at_round_counts() -> None:
    drawn = histogram(numbers([0.0, 5.0, 10.0], [2, 1], (0.0, 10.0)))
    assert drawn is not None
    assert [(each.y, each.label) for each in drawn.lines] == [(90.0, "1"), (0.0, "2")]


def test_there_is_none_of_texts_and_of_edges_that_are_no_doubles() -> None:
    assert histogram(column(1, "text")) is None
    assert histogram(numbers([None, 1.0], [1], (0, 1))) is None
