"""What the bench of the reports makes up, and how it compares."""

import csv
import json
from pathlib import Path

import msgspec
import pytest

from benchmarks.errors import BenchmarkError
from benchmarks.figures import Figures
from benchmarks.reports.agreement import differences
from benchmarks.reports.by_hand import ByHand
from benchmarks.reports.child import ran
from benchmarks.reports.columns import COLUMNS
from benchmarks.reports.files import write_csv, write_json
from benchmarks.reports.measuring import TABLES, Table
from benchmarks.reports.page import render
from benchmarks.reports.works import CLAIMS, WORKS
from data_bank_api.reports.limits import Limits
from data_bank_api.reports.profiling import report_of

PAGE = (Path(__file__).parents[3] / "docs/benchmarks.md").read_text(encoding="utf-8")
SIZE = 600_000  # bytes: two thousand rows, some with 20 KB


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_report_and_sql_by_hand_tell_the_same(table: Table, tmp_path: Path) -> None:
    path = tmp_path / table.name
    table.write(path, SIZE)
    for folder in ("report", "hand"):
        (tmp_path / folder).mkdir()
    report = report_of(path, table.kind, tmp_path / "report", Limits(), lambda _: None)
    by_hand = ByHand(table.kind, path, tmp_path / "hand", "256MiB", "1").answer()
    told = msgspec.json.decode(report.to_json())
    assert list(differences("", msgspec.to_builtins(by_hand), told)) == []
    assert told["row_count"] >= 2000


def test_a_difference_is_told_with_its_place() -> None:
    by_hand = {"a": [1, {"b": 2.0}], "c": "x"}
    assert list(differences("", by_hand, {"a": [1, {"b": 2.0000000001}], "c": "x", "d": 1})) == []
    assert list(differences("t", by_hand, {"a": [1, {"b": 3}], "c": "x"})) == [
        "t.a[1].b: 2.0 by hand, 3 in the report"
    ]
    assert len(list(differences("t", by_hand, {"a": [1]}))) == 2


def test_the_same_seed_makes_the_same_files_and_no_other_does(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_csv(tmp_path / name, 1000, seed)
        write_json(tmp_path / f"{name}.json", 1000, seed)
    for end in ("", ".json"):
        first, again, other = ((tmp_path / f"{name}{end}").read_bytes() for name in "abc")
        assert first == again != other


def test_a_csv_is_as_dirty_as_it_says(tmp_path: Path) -> None:
    write_csv(tmp_path / "dirty.csv", SIZE)
    with (tmp_path / "dirty.csv").open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    assert header == [column.name for column in COLUMNS]
    assert {len(row) for row in rows} == {1, 20, 22}
    assert len({tuple(row) for row in rows}) < len(rows)
    comments = [row[15] for row in rows if len(row) > 15]
    assert any("\n" in comment for comment in comments)
    assert max(map(len, comments)) == 20_000


def test_an_array_is_of_objects_that_lack_keys(tmp_path: Path) -> None:
    write_json(tmp_path / "dirty.json", SIZE)
    objects = json.loads((tmp_path / "dirty.json").read_bytes())
    keys = [frozenset(each) for each in objects]
    assert len(set(keys)) > 5
    assert any(isinstance(each.get("address"), dict) for each in objects)


def test_a_process_tells_what_it_took(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a\n1\n")
    found = ran("benchmarks.reports.one", ["csv", str(tmp_path / "a.csv"), str(tmp_path)])
    assert msgspec.json.decode(found.said)["row_count"] == 1
    assert found.processor > 0
    assert 20 < found.megabytes < 512
    with pytest.raises(BenchmarkError, match="KeyError"):
        ran("benchmarks.reports.one", ["nonsense", str(tmp_path / "a.csv"), str(tmp_path)])


def test_the_page_tells_every_claim_and_figure() -> None:
    page = render(Figures(), {"cores": "2"}, "Rounds: 1.", ["a note"])
    assert page.count("| missing |") == len(CLAIMS) + sum(len(work.who) for work in WORKS)
    assert page.endswith("- a note\n")


def test_the_rows_of_the_page_in_docs_are_those_of_the_tables() -> None:
    claimed = [row[:3] for row in rows("Targets of the reports")]
    assert claimed == [[claim.work.title, claim.who, claim.beside] for claim in CLAIMS]
    figured = [row[:2] for row in rows("Figures of the reports")]
    assert figured == [[work.title, who] for work in WORKS for who in work.who]


def rows(title: str) -> list[list[str]]:
    section = PAGE.split(f"## {title}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
