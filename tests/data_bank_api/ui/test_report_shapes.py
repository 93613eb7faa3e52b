"""What the pages of a report are made of: pages of columns, alerts, sums, steps."""

import pytest
from starlette.datastructures import QueryParams

from data_bank_api.ui.dataset_steps import steps
from data_bank_api.ui.report_alerts import alerts_of
from data_bank_api.ui.report_columns import ColumnPage, ColumnQuestion, column_page
from data_bank_api.ui.report_sums import sums_of
from data_bank_client.errors import InvalidInputError
from data_bank_client.wire.reports import Report
from tests.data_bank_client.fake_datasets import alert, column, lacking, report

WIDE = report(*(column(at, f"c{at}", "integer" if at % 4 else "text") for at in range(1, 121)))


def page(query: str, told: Report = WIDE) -> ColumnPage:
    return column_page(told, ColumnQuestion.read(QueryParams(query)))


def test_columns_come_in_pages_of_fifty() -> None:
    first, last = page(""), page("page=3")
    assert [each["position"] for each in first.columns] == list(range(1, 51))
    assert [each["position"] for each in last.columns] == list(range(101, 121))
    assert (first.before, first.after) == (None, "?page=2")
    assert (last.before, last.after, last.last) == ("?page=2", None, 3)


def test_a_page_beyond_the_last_is_the_last_and_before_the_first_the_first() -> None:
    assert (page("page=99").number, page("page=0").number) == (3, 1)


def test_columns_are_found_by_a_part_of_their_names_in_any_case() -> None:
    found = page("find=C1")
    assert (found.found, found.last) == (32, 1)
    assert page("find=c&page=2").before == "?find=c&page=1"
    assert page("find=nowhere").columns == []


@pytest.mark.parametrize("query", ["page=x", "page=-1", "page=", "page=1234567", "page=²"])
def test_a_page_that_is_no_number_is_refused(query: str) -> None:
    with pytest.raises(InvalidInputError, match="page must be a number from 1"):
        page(query)


def test_a_part_of_a_name_that_is_too_long_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="200 characters at most"):
        page(f"find={'x' * 201}")


def test_alerts_are_the_worst_first_with_the_place_of_their_column() -> None:
    told = report(
        column(1, "a"),
        column(2, "b"),
        alerts=[alert("low", "a", "one"), alert("high", "b", "two"), alert("medium", None, "all")],
    )
    found = alerts_of(told)
    assert [(each.alert["message"], each.position) for each in found.open] == [
        ("two", 2),
        ("all", None),
        ("one", 1),
    ]
    assert found.counts == (("high", 1), ("medium", 1), ("low", 1))
    assert [each.alert["message"] for each in alerts_of(told, "a").open] == ["one"]


def test_of_many_alerts_a_few_are_open_and_not_all_are_told() -> None:
    found = alerts_of(report(column(1, "a"), alerts=[alert("low", "a", "x")] * 250))
    assert (len(found.open), len(found.folded), found.left_out) == (8, 192, 50)


def test_the_head_tells_of_all_columns() -> None:
    told = sums_of(report(column(1, "a"), column(2, "b", missing=lacking(2, 0.5)), rows=4))
    assert (told.values, told.missing, told.missing_share, told.types) == (
        8,
        2,
        0.25,
        (("text", 2),),
    )
    assert sums_of(report(rows=0)).missing_share == 0.0


@pytest.mark.parametrize(
    ("progress", "now"),
    [(0, "Waiting"), (5, "Reading"), (25, "Statistics"), (60, "Anomalies"), (85, "Storing")],
)
def test_one_step_is_under_way(progress: float, now: str) -> None:
    found = list(steps(progress))
    at = [each.name for each in found].index(now)
    assert [each.state for each in found] == ["done"] * at + ["now"] + ["to come"] * (4 - at)


def test_at_the_end_all_steps_are_done() -> None:
    assert {each.state for each in steps(100)} == {"done"}
