"""The pages of reports."""

import threading
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from data_bank_api.datasets.dataset import Dataset
from data_bank_api.ui.pages.report import AT_ONCE
from data_bank_api.ui.report_alerts import Alerts, alerts_of
from data_bank_api.ui.report_desk import ReportDesk
from data_bank_client.wire.reports import RaggedRows, Report, ReportSource
from tests.data_bank_api.api.asked_bank import Asked
from tests.data_bank_api.ui.conftest import Visit
from tests.data_bank_api.ui.visitor import HTMX, Visitor, attributes_of, tags_of, text_of
from tests.data_bank_client.fake_datasets import alert, column, lacking, report
from tests.fakes import reported
from tests.running_bank import READ_KEY

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}",
    "",
    "same",
    "same",
    "x" * 300,
    "\u202egnp.exe",
    "two\nlines",
)


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A report of many kinds of columns."""
    return reported.profiled(reported.homes(1200), tmp_path_factory.mktemp("homes"))


def shown(asked: Asked, content: bytes, name: str = "Homes") -> str:
    """Its address."""
    dataset = reported.add(asked, f"{name} {uuid4()}")
    reported.report(asked, dataset, content)
    return f"/ui/datasets/{dataset.dataset_id}/report"


def encoded(told: Report) -> bytes:
    return msgspec.json.encode(told)


def test_a_report_tells_of_the_table_first(asked: Asked, person: Visitor, homes: bytes) -> None:
    text = text_of(person.page(shown(asked, homes)))
    assert "csv in utf-8, commas between cells" in text
    assert "Rows 1,212 Columns 16 " in text
    assert "Duplicate rows 12 1.0 % repeat an earlier one" in text
    assert "high note " in text
    assert text.index("Alerts") < text.index("Where values are missing")
    assert text.index("Where values are missing") < text.index("Numbers that go together")
    assert "Exact, but for standard deviation and correlations" in text


def test_each_column_has_a_line_with_its_gaps_and_its_picture(
    asked: Asked, person: Visitor, homes: bytes
) -> None:
    base = shown(asked, homes)
    page = person.page(base)
    for position in range(1, 17):
        assert f'href="{base}/columns/{position}"' in page
    assert page.count('class="spark"') == 10
    assert page.count('class="strip"') == 4
    assert page.count('class="bands"') == 6
    assert "Oslo" in text_of(page)
    assert " … 2026" in text_of(page)


def test_what_goes_together_is_a_picture_and_a_table(
    asked: Asked, person: Visitor, homes: bytes
) -> None:
    page = person.page(shown(asked, homes))
    assert page.count('class="name"') == 10
    assert "All 45 pairs" in text_of(page)
    assert "area_m2 and monthly_cost 0.9" in text_of(page)


def test_a_page_of_a_report_has_no_style_of_its_own(
    asked: Asked, person: Visitor, homes: bytes
) -> None:
    base = shown(asked, homes)
    for path in (base, f"{base}/columns/3"):
        page = person.page(path)
        assert "style" not in tags_of(page) | attributes_of(page)


def test_a_column_of_numbers_has_its_histogram_its_box_and_its_outliers(
    asked: Asked, person: Visitor, homes: bytes
) -> None:
    page = person.page(f"{shown(asked, homes)}/columns/5")
    assert page.count('<rect x="') >= 20
    assert 'class="median"' in page
    text = text_of(page)
    assert "How the numbers of price are spread, in 20 bars" in text
    assert "Quartile 1" in text
    assert "Outliers" in text
    assert "These are the farthest." in text
    assert "Goes together with" in text
    assert "Column before" in text


def test_a_column_with_gaps_shows_where_they_are(
    asked: Asked, person: Visitor, homes: bytes
) -> None:
    page = person.page(f"{shown(asked, homes)}/columns/7")
    text = text_of(page)
    assert "medium " in text
    assert "row 1 row 1,212 As a table From row Missing there 1 " in text
    assert 'class="bands"' in page


def test_a_column_of_texts_tells_what_is_there_most_often(
    asked: Asked, person: Visitor, homes: bytes
) -> None:
    text = text_of(person.page(f"{shown(asked, homes)}/columns/2"))
    assert "Most often Value As a bar Share Count Oslo " in text
    assert "Length " in text
    assert "How its numbers are spread" not in text


def test_an_empty_column_has_nothing_to_draw(asked: Asked, person: Visitor, homes: bytes) -> None:
    text = text_of(person.page(f"{shown(asked, homes)}/columns/16"))
    assert "empty column 16 of 16" in text
    assert "Missing 1,212 100 %, 1,212 empty" in text
    assert "Next column" not in text


@pytest.mark.parametrize("position", ["0", "17", "x", "²", "1234567"])
def test_a_column_that_is_not_there_is_told_so(
    asked: Asked, person: Visitor, homes: bytes, position: str
) -> None:
    answer = person.get(f"{shown(asked, homes)}/columns/{position}")
    assert answer.status_code == 404
    assert "It has no such column: there are 16." in text_of(answer.text)


def test_the_json_comes_down_as_it_is_stored(asked: Asked, visit: Visit, homes: bytes) -> None:
    path = shown(asked, homes, "Ærlig talt")
    answer = visit(READ_KEY).get(f"{path}/download")
    assert answer.content == homes
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    assert answer.headers["content-disposition"].endswith("-report.json")
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_thousand_columns_come_in_pages_and_are_found(asked: Asked, person: Visitor) -> None:
    wide = [column(at, f"c{at}", missing=lacking(1, 0.25)) for at in range(1, 1001)]
    told = report(*wide, alerts=[alert("low", f"c{at}", "odd") for at in range(1, 1001)])
    told["table"]["missing_map"]["shares"] = [[0.25] * 1000]
    told["first_rows"] = [{"row": 1, "cells": ["x", None, *[""] * 998]}]
    base = shown(asked, encoded(told))
    page = person.page(base)
    assert len(page) < 150_000
    text = text_of(page)
    assert "Page 1 of 20" in text
    assert "960 other columns lack fewer." in text
    assert "And 800 others, which the JSON tells." in text
    assert "First rows of the columns above" in text
    second = person.page(f"{base}?page=2")
    assert f'href="{base}?page=1#columns"' in second
    assert f'href="{base}/columns/51"' in second
    found = person.page(f"{base}?find=C777", **HTMX)
    assert f'href="{base}/columns/777"' in found
    assert "name has this." in person.page(f"{base}?find=nowhere")
    assert person.get(f"{base}?page=x").status_code == 422


def test_hostile_names_and_cells_are_text(asked: Asked, person: Visitor, tmp_path: Path) -> None:
    rows = [[f"<b>{at}</b>"] * len(HOSTILE) for at in range(5)]
    base = shown(asked, reported.profiled(reported.table(HOSTILE, rows), tmp_path))
    for path in (base, *(f"{base}/columns/{at}" for at in range(1, len(HOSTILE) + 1))):
        page = person.page(path)
        assert {"b", "img"}.isdisjoint(tags_of(page))
        assert page.count("<script") == 3
        assert "49" not in [each.strip() for each in text_of(page).split()]
    text = text_of(person.page(base))
    for name in (*HOSTILE[:3], "column 4", "same (2)", "two lines"):
        assert name in text


def test_a_report_of_nothing_is_shown(asked: Asked, person: Visitor) -> None:
    base = shown(asked, encoded(report(rows=0)))
    text = text_of(person.page(base))
    assert "Rows 0 Columns 0 Missing values 0 %" in text
    assert "Nothing stands out." in text
    assert "There are no columns." in text


def test_rows_that_do_not_fit_the_header_are_told_with_their_lines(
    asked: Asked, person: Visitor
) -> None:
    source = ReportSource(
        kind="csv",
        encoding="utf-8",
        delimiter="\t",
        short=RaggedRows(count=1, lines=[7]),
        long=RaggedRows(count=30, lines=[8, 9]),
    )
    text = text_of(person.page(shown(asked, encoded(report(column(1, "a"), source=source)))))
    assert "tabs between cells" in text
    assert "1 row has fewer cells than the header: line 7" in text
    assert "30 rows have more cells than the header: lines 8, 9 …" in text


def test_a_column_that_was_renamed_says_what_the_file_has(asked: Asked, person: Visitor) -> None:
    named, nameless = column(1, "a (2)"), column(2, "column 2")
    named["written"], nameless["written"] = "a", ""
    base = shown(asked, encoded(report(named, nameless)))
    assert "in the file “a”" in text_of(person.page(f"{base}/columns/1"))
    assert "in the file without a name" in text_of(person.page(f"{base}/columns/2"))


def lost(asked: Asked, content: bytes) -> tuple[Dataset, Path]:
    dataset = reported.add(asked, f"Lost {uuid4()}")
    digest = reported.report(asked, dataset, content)
    [path] = Path(asked.bank.settings.data_root).rglob(f"{digest}.bin")
    return dataset, path


@pytest.mark.parametrize("how", ["gone", "damaged"])
def test_a_report_whose_file_is_gone_or_damaged_says_what_to_do(
    asked: Asked, person: Visitor, visit: Visit, how: str
) -> None:
    dataset, path = lost(asked, encoded(report(column(1, f"{how} {uuid4()}"))))
    harm = path.read_bytes().replace(b'"csv"', b'"cvs"')  # it may be decoded as ever
    path.unlink() if how == "gone" else path.write_bytes(harm)
    page = f"/ui/datasets/{dataset.dataset_id}"
    answer = person.get(f"{page}/report")
    assert answer.status_code == 503
    assert "The report cannot be read Its file was lost or damaged." in text_of(answer.text)
    assert f'action="{page}/process"' in answer.text
    reader = visit(READ_KEY).get(f"{page}/report/columns/1")
    assert reader.status_code == 503
    assert "Somebody whose key may upload can have it made." in text_of(reader.text)
    assert person.get(f"{page}/report/download").status_code == 503


def test_a_report_of_another_kind_is_not_misread(asked: Asked, person: Visitor) -> None:
    assert person.get(shown(asked, b'{"version": 2}')).status_code == 503


def test_where_there_is_no_report_its_dataset_is_shown(asked: Asked, person: Visitor) -> None:
    dataset = reported.add(asked, f"Waiting {uuid4()}")
    page = f"/ui/datasets/{dataset.dataset_id}"
    assert person.get(f"{page}/report").headers["location"] == page
    assert person.get(f"{page}/report/download").status_code == 404


def test_however_many_ask_two_reports_at_most_are_in_memory(
    asked: Asked, person: Visitor, homes: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, turn = [0], threading.Lock()
    read = ReportDesk.read

    def count(more: int) -> None:
        with turn:
            held.append(held[-1] + more)

    async def counted(desk: ReportDesk, dataset: Dataset) -> Report:
        count(1)
        return await read(desk, dataset)

    def drawn(told: Report) -> Alerts:
        count(-1)
        return alerts_of(told)

    monkeypatch.setattr(ReportDesk, "read", counted)
    monkeypatch.setattr("data_bank_api.ui.pages.report.alerts_of", drawn)
    answers = person.together(shown(asked, homes), 8)
    assert [each.status_code for each in answers] == [200] * 8
    assert max(held) == AT_ONCE
