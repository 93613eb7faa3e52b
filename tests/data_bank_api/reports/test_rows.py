"""Each statistic of the rows beside plain Python, on tables made at random."""

import math
import statistics

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data_bank_api.reports.engine import Engine
from data_bank_api.reports.first_rows import first_rows
from data_bank_api.reports.kind import MISSING
from data_bank_api.reports.statistics.correlations import CorrelatedPairs, Correlations
from data_bank_api.reports.statistics.duplicates import Duplicates
from data_bank_api.reports.statistics.missing_map import MissingMap
from data_bank_api.reports.statistics.rows import TABLE_STATISTICS, describe
from data_bank_api.reports.statistics.statistic import Traits
from data_bank_api.reports.table import Table
from tests.data_bank_api.reports.tables import made

NOTHING = Traits((), ())
CELLS = st.sampled_from([None, "", " ", "a", "b", "1"])
ROWS = st.lists(st.tuples(CELLS, CELLS), max_size=90)


@settings(max_examples=30)
@given(rows=ROWS)
@example(rows=[])
def test_duplicates_are_rows_minus_distinct_rows(
    engine: Engine, rows: list[tuple[str | None, ...]]
) -> None:
    table = made(engine, ["x", "y"], rows)
    told = Duplicates().of(engine, table, NOTHING)
    assert told.count == len(rows) - len(set(rows))
    assert told.share == (round(told.count / len(rows), 6) if rows else 0)


def lacking(table: Table) -> Traits:
    """Each column may lack values in every way."""
    return Traits((), tuple((column, tuple(MISSING)) for column in table.columns))


@settings(max_examples=30)
@given(rows=ROWS)
@example(rows=[])
@example(rows=[(None, "1")] * 41)
def test_the_missing_map_tells_the_share_of_each_band(
    engine: Engine, rows: list[tuple[str | None, ...]]
) -> None:
    table = made(engine, ["x", "y"], rows)
    told = MissingMap().of(engine, table, lacking(table))
    assert len(told.starts) <= 40
    ends = [*told.starts[1:], len(rows) + 1][: len(told.starts)]
    for start, end, shares in zip(told.starts, ends, told.shares, strict=True):
        band = rows[start - 1 : end - 1]
        missing = [sum(not (row[place] or "").strip() for row in band) for place in (0, 1)]
        assert shares == tuple(round(count / len(band), 6) for count in missing)


def test_a_wide_table_has_a_map_of_all_its_columns(engine: Engine) -> None:
    names = [f"n{place}" for place in range(120)]
    cells = [None if place % 3 else "x" for place in range(120)]
    table = made(engine, names, [cells])
    told = MissingMap().of(engine, table, lacking(table))
    assert told.shares == (tuple(float(cell is None) for cell in cells),)


NUMBERS = st.none() | st.integers(-9, 9) | st.floats(-1e6, 1e6)


@settings(max_examples=30)
@given(rows=st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=20))
def test_a_correlation_is_that_of_the_rows_where_both_are_there(
    engine: Engine, rows: list[tuple[float | None, float | None]]
) -> None:
    texts = [[None if cell is None else repr(cell) for cell in row] for row in rows]
    told = correlations(engine, made(engine, ["x", "y"], texts))
    both = [(x, y) for x, y in rows if x is not None and y is not None]
    expected = correlation([x for x, _ in both], [y for _, y in both])
    found = told.pairs[0].correlation
    if expected is None or found is None:
        assert expected is None or math.isclose(abs(expected), 0, abs_tol=1)
    else:
        assert found == pytest.approx(expected, abs=1e-6)


def correlation(xs: list[float], ys: list[float]) -> float | None:
    try:
        return statistics.correlation(xs, ys)
    except statistics.StatisticsError:
        return None


def correlations(engine: Engine, table: Table) -> CorrelatedPairs:
    told = Correlations().of(engine, table, Traits(table.columns, ()))
    assert told is not None
    return told


def test_a_column_that_does_not_vary_has_no_correlation(engine: Engine) -> None:
    table = made(engine, ["x", "y"], [("1", "2"), ("1", "3"), ("1", "5")])
    assert correlations(engine, table).pairs[0].correlation is None


def test_thirty_columns_are_compared_and_the_others_counted(engine: Engine) -> None:
    rows = [[str(place * row) for place in range(1, 33)] for row in (1, 2, 5)]
    told = correlations(engine, made(engine, [f"n{place}" for place in range(32)], rows))
    assert (len(told.pairs), told.left_out) == (435, 2)
    assert all(pair.correlation == pytest.approx(1) for pair in told.pairs)


def test_one_column_of_numbers_goes_together_with_none(engine: Engine) -> None:
    table = made(engine, ["x", "y"], [("1", "a")])
    told = describe(engine, table, Traits(table.columns[:1], ()))
    assert told.keys() == TABLE_STATISTICS.keys() - {"correlations"}


def test_the_first_rows_come_in_their_order_and_long_cells_are_cut(engine: Engine) -> None:
    table = made(engine, ["x", "y"], [(str(n), "é" * 300 if n else None) for n in range(30)])
    told = first_rows(engine, table)
    assert [row.row for row in told] == list(range(1, 21))
    assert told[0].cells == ("0", None)
    assert told[1].cells == ("1", "é" * 199 + "…")
