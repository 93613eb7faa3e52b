"""Each statistic of a column beside plain Python, on columns made at random."""

import bisect
import math
import statistics
import sys
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data_bank_api.reports.engine import Engine
from data_bank_api.reports.number import Number, parse
from data_bank_api.reports.statistics.columns import COLUMN_STATISTICS, describe
from data_bank_api.reports.values import values_of
from tests.data_bank_api.reports.tables import made

Cells = Sequence[str | None]
MISSING = st.sampled_from([None, "", " ", "\t", "\u2003", "\x1f"])
WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
INTEGERS = st.integers(-5, 5) | st.integers() | st.integers(-(10**60), 10**60)
DOUBLES = st.floats(allow_nan=False, allow_infinity=False) | st.floats(-1, 1)
DRESSES = st.sampled_from(["{}", " {}", "{}\t", "00{}"])


def columns_of(cells: st.SearchStrategy[str | None]) -> st.SearchStrategy[list[str | None]]:
    return st.lists(cells | MISSING, max_size=25)


def told_of(engine: Engine, cells: Cells) -> dict[str, object]:
    """As JSON has it, which has no NaN and no Infinity; numbers that are text made numbers."""
    table = made(engine, ["x"], [[cell] for cell in cells])
    with values_of(engine, table, table.columns[0]) as values:
        described = msgspec.json.encode({"type": values.type, **describe(values)})
    return msgspec.json.decode(described, type=dict[str, object])


def missing(cell: str | None) -> bool:
    return cell is None or not cell.strip()


def present(cells: Cells) -> list[str]:
    return [cell for cell in cells if cell is not None and not missing(cell)]


def numbers(cells: Cells) -> list[Number]:
    return [number for cell in present(cells) if (number := parse(cell)) is not None]


def as_number(told: object) -> Number:
    """What a report tells, which of large integers is text."""
    assert isinstance(told, int | float | str)
    return int(told) if isinstance(told, str) else told


def part(told: dict[str, object], name: str) -> dict[str, object]:
    return msgspec.convert(told[name], dict[str, object])


def list_of(told: object) -> list[object]:
    return msgspec.convert(told, list[object])


def quartile(ordered: list[Number], part: Fraction) -> Fraction:
    place = part * (len(ordered) - 1)
    low, high = ordered[math.floor(place)], ordered[math.ceil(place)]
    return Fraction(low) + (Fraction(high) - Fraction(low)) * (place % 1)


def near(told: object, exact: Fraction) -> bool:
    """What is rounded once to a double; an integer beyond them is whole."""
    number = as_number(told)
    if abs(exact) > sys.float_info.max:
        return number == round(exact)
    return float(number) == float(exact)


@settings(max_examples=40)
@given(cells=columns_of(WORDS | INTEGERS.map(str)))
@example(cells=[])
@example(cells=[None])
def test_what_is_missing_is_counted_by_how_it_is(engine: Engine, cells: Cells) -> None:
    told = told_of(engine, cells)
    assert part(told, "missing") == {
        "count": sum(map(missing, cells)),
        "null": cells.count(None),
        "empty": cells.count(""),
        "blank": sum(1 for cell in cells if cell and cell.isspace()),
        "share": round(sum(map(missing, cells)) / len(cells), 6) if cells else 0,
    }


@settings(max_examples=40)
@given(cells=columns_of(WORDS | st.sampled_from("abc")))
def test_distinct_and_top_values_are_those_of_a_counter(engine: Engine, cells: Cells) -> None:
    told = told_of(engine, cells)
    counts = Counter(present(cells))
    most = sorted(counts.items(), key=lambda item: (-item[1], item[0].encode()))[:10]
    assert part(told, "distinct")["count"] == len(counts)
    found = [msgspec.convert(each, dict[str, object]) for each in list_of(told["top_values"])]
    assert [(each["value"], each["count"]) for each in found] == most


@settings(max_examples=40)
@given(cells=columns_of(WORDS).filter(lambda cells: any(not missing(cell) for cell in cells)))
@example(cells=["é", "e\u0301", "\U0001f600", "ab"])
def test_lengths_are_in_characters(engine: Engine, cells: Cells) -> None:
    told = told_of(engine, [*cells, "a word"])
    lengths = [len(cell) for cell in present([*cells, "a word"])]
    assert part(told, "lengths") == {
        "minimum": min(lengths),
        "maximum": max(lengths),
        "mean": sum(lengths) / len(lengths),
    }


@settings(max_examples=40)
@given(cells=columns_of(st.builds(str.format, DRESSES, st.integers(0) | st.integers(0, 9))))
@example(cells=["9007199254740993", "9007199254740995"])
@example(cells=["-1" + "0" * 30, "-2", "3", "9" * 4000])
def test_integers_of_any_size_are_told_exactly(engine: Engine, cells: Cells) -> None:
    check_numbers(told_of(engine, cells), numbers(cells), "integer")


@settings(max_examples=40)
@given(cells=columns_of(INTEGERS.map(str)))
def test_negative_and_large_integers_are_told_exactly(engine: Engine, cells: Cells) -> None:
    check_numbers(told_of(engine, cells), numbers(cells), "integer")


@settings(max_examples=40)
@given(cells=columns_of(DOUBLES.map(repr)))
@example(cells=["1e308", "1e308", "-1e308", "-1e308"])
@example(cells=["1e308", "1.7e308", "1.5e308", "1.0"])
@example(cells=["1e300", "1e-300", "5e-324", "-1e300", "0.1"])
@example(cells=["0.1"] * 10)
def test_decimals_are_told_as_the_doubles_that_they_are(engine: Engine, cells: Cells) -> None:
    cells = [*cells, "0.5"]
    check_numbers(told_of(engine, cells), numbers(cells), "decimal")


def check_numbers(told: dict[str, object], found: list[Number], kind: str) -> None:
    if not found:
        assert told["type"] == "empty"
        assert not {"range", "mean", "quartiles", "histogram", "outliers"} & told.keys()
        return
    assert told["type"] == kind
    extremes = part(told, "range")
    assert (as_number(extremes["minimum"]), as_number(extremes["maximum"])) == (
        min(found),
        max(found),
    )
    check_mean(told, found)
    check_deviation(told, found)
    check_quartiles(told, found)
    check_histogram(told, found)


def check_mean(told: dict[str, object], found: list[Number]) -> None:
    exact = sum(map(Fraction, found), Fraction(0)) / len(found)
    if all(isinstance(number, int) for number in found):
        assert near(told["mean"], exact)
        return
    try:
        assert told["mean"] == math.fsum(found) / len(found)
    except OverflowError:
        assert near(told["mean"], exact)


def check_deviation(told: dict[str, object], found: list[Number]) -> None:
    if len(found) < 2:
        assert "standard_deviation" not in told
        return
    variance = statistics.variance(map(Fraction, found))
    deviation = as_number(told["standard_deviation"])
    assert abs(Fraction(deviation) ** 2 - variance) <= variance / 10**9


def check_quartiles(told: dict[str, object], found: list[Number]) -> None:
    ordered, quartiles = sorted(found), part(told, "quartiles")
    for name, place in (("q1", 1), ("median", 2), ("q3", 3)):
        assert near(quartiles[name], quartile(ordered, Fraction(place, 4)))


def check_histogram(told: dict[str, object], found: list[Number]) -> None:
    if max(map(abs, found)) > sys.float_info.max:
        assert "histogram" not in told
        return
    bins = part(told, "histogram")
    edges = [float(as_number(edge)) for edge in list_of(bins["edges"])]
    counts = Counter(bisect.bisect_right(edges[1:-1], float(number)) for number in found)
    assert edges[0] == float(min(found))
    assert bins["counts"] == [counts[place] for place in range(len(edges) - 1)]


@settings(max_examples=40)
@given(cells=columns_of(st.integers(-3, 3).map(str) | INTEGERS.map(str) | DOUBLES.map(repr)))
@example(cells=["1", "2", "3", "4", "100", "-100", None, "5e0"])
@example(cells=["0", "0", "1", "1", "2.5"])
def test_outliers_lie_beyond_the_fences_and_are_found_again(engine: Engine, cells: Cells) -> None:
    told, found = told_of(engine, cells), sorted(numbers(cells))
    first, third = (quartile(found or [0], Fraction(n, 4)) for n in (1, 3))
    if len(found) < 4 or first == third:
        assert "outliers" not in told
        return
    reach = (third - first) * Fraction(3, 2)
    outside = [x for x in found if not first - reach <= Fraction(x) <= third + reach]
    outliers = part(told, "outliers")
    assert outliers["count"] == len(outside)
    examples = msgspec.convert(outliers["examples"], list[tuple[int, str] | dict[str, object]])
    assert len(examples) == min(5, len(outside))
    for each in examples:
        assert isinstance(each, dict)
        assert cells[msgspec.convert(each["row"], int) - 1] == each["value"]
        assert parse(str(each["value"])) in outside


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "2", ""], "integer"),
        (["1", "2.5"], "decimal"),
        (["true", "FALSE", None], "boolean"),
        (["true", "1"], "text"),
        (["2024-02-29", "1999-12-31"], "date"),
        (["2023-02-29"], "text"),
        (["2024-02-29", "2024-02-29T10:00:00Z", "2024-02-29 10:00"], "datetime"),
        (["2024-02-29T25:00"], "text"),
        (["1", "1_000"], "text"),
        ([None, "", "  "], "empty"),
        (["1", "x"], "text"),
    ],
    ids=str,
)
def test_a_column_is_what_all_of_its_values_are(engine: Engine, cells: Cells, kind: str) -> None:
    assert told_of(engine, cells)["type"] == kind


def test_dates_have_a_first_and_a_last(engine: Engine) -> None:
    told = told_of(engine, ["2024-01-01T01:00:00+02:00", "2024-01-01T00:00:00Z", "2023-12-31"])
    assert told["range"] == {
        "minimum": "2023-12-31",
        "maximum": "2024-01-01T00:00:00Z",
    }


def test_every_statistic_of_the_table_is_told_of_some_column(engine: Engine) -> None:
    words = told_of(engine, ["a", "1"])
    integers = told_of(engine, ["1", "2", "3", "100"])
    assert set(COLUMN_STATISTICS) == (words.keys() | integers.keys()) - {"type"}
