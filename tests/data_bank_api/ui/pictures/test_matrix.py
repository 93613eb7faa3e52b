"""What goes together, as half a matrix."""

from data_bank_api.ui.pictures.matrix import CELL, correlation, matrix, pairs_of
from data_bank_client.wire.reports import DuplicateRows, MissingBands, Report, TableStatistics
from tests.data_bank_client.fake_datasets import column, correlated, report


def paired(*pairs: tuple[str, str, float | None]) -> Report:
    names = dict.fromkeys(name for one, other, _ in pairs for name in (one, other))
    table = TableStatistics(
        duplicates=DuplicateRows(count=0, share=0.0),
        missing_map=MissingBands(starts=[1], shares=[[0.0] * len(names)]),
        correlations=correlated(*pairs),
    )
    return report(*(column(at, name) for at, name in enumerate(names, 1)), table=table)


TOLD = paired(("a", "b", 0.8), ("a", "c", -0.95), ("b", "c", None))


def test_a_cell_lies_below_the_one_and_beside_the_other() -> None:
    drawn = matrix(TOLD)
    assert drawn is not None
    places = [(each.x // CELL, each.y // CELL) for each in drawn.cells]
    assert places == [(0, 1), (0, 2), (1, 2)]
    assert [(each.x, each.y, each.text) for each in drawn.names] == [
        (at * CELL, at * CELL, name) for at, name in enumerate("abc")
    ]
    assert (drawn.side, drawn.left_out) == (3 * CELL, 0)


def test_a_cell_is_as_full_as_two_go_together() -> None:
    drawn = matrix(TOLD)
    assert drawn is not None
    assert [(each.sign, each.digits, each.weight) for each in drawn.cells] == [
        ("plus", "80", "middle"),
        ("minus", "-95", "strong"),
        ("none", "", "faint"),
    ]
    assert [each.opacity for each in drawn.cells] == [0.812, 0.953, 0.06]
    assert drawn.cells[2].says == "b and c: one does not vary"


def test_next_to_nothing_has_no_digits() -> None:
    drawn = matrix(paired(("a", "b", -0.04)))
    assert drawn is not None
    assert (drawn.cells[0].sign, drawn.cells[0].digits) == ("minus", "")


def test_the_closest_pairs_come_first() -> None:
    drawn = matrix(TOLD)
    assert drawn is not None
    assert [each.value for each in drawn.pairs] == [-0.95, 0.8, None]


def test_of_one_column_the_others_are_told() -> None:
    found = [(each.first, each.second, each.value) for each in pairs_of(TOLD, "c")]
    assert found == [("c", "a", -0.95), ("c", "b", None)]
    assert pairs_of(report(column(1, "alone")), "alone") == ()


def test_there_is_none_without_two_columns_of_numbers() -> None:
    assert matrix(report(column(1, "alone"))) is None


def test_a_correlation_is_told_in_two_digits_and_never_as_minus_zero() -> None:
    assert [correlation(each) for each in (0.834, -0.001, -1)] == ["0.83", "0.00", "-1.00"]
