import json
import math
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_bank_api.reports.errors import UnreadableError
from data_bank_api.reports.limits import Limits
from data_bank_api.reports.profiling import report_of
from data_bank_api.reports.report import Report, names_of, told
from tests.data_bank_api.reports.tables import SMALL


def made(folder: Path, data: bytes, kind: str = "csv", limits: Limits = SMALL) -> Report:
    work, path = folder / "work", folder / "data"
    work.mkdir()
    path.write_bytes(data)
    return report_of(path, kind, work, limits, lambda percent: None)


def refuse(constant: str) -> float:
    raise AssertionError(constant)


def test_a_report_is_json_without_nan_and_reads_back_the_same(tmp_path: Path) -> None:
    data = b'[{"a":1e400,"b":' + b"9" * 50 + b'},{"a":NaN,"b":-7},{"a":1.5},{"a":"1"}]'
    report = made(tmp_path, data, "json")
    plain = json.loads(report.to_json(), parse_constant=refuse)
    assert plain["version"] == 1
    assert plain["row_count"] == 4
    assert plain["approximate"] == ["standard_deviation", "correlations"]
    assert plain["columns"][1]["statistics"]["range"] == {"minimum": -7, "maximum": "9" * 50}
    assert json.loads(Report.from_json(report.to_json()).to_json()) == plain


def test_numbers_that_no_double_holds_have_no_statistics(tmp_path: Path) -> None:
    report = made(tmp_path, b'[{"a":' + b"9" * 400 + b'},{"a":1e400}]', "json")
    assert report.columns[0].type == "decimal"
    assert not report.columns[0].statistics.keys() & {"mean", "range", "quartiles"}


def test_what_is_damaged_further_down_is_refused_too(tmp_path: Path) -> None:
    path = tmp_path / "sound.parquet"
    with duckdb.connect() as other:
        other.execute(f"COPY (SELECT i * 7919 % 100003 AS i FROM range(50000) r(i)) TO '{path}'")
    data = path.read_bytes()
    middle = len(data) // 2
    damaged = data[: middle - 50_000] + b"\xff" * 100_000 + data[middle + 50_000 :]
    with pytest.raises(UnreadableError, match="it cannot be read as parquet"):
        made(tmp_path, damaged, "parquet")


@pytest.mark.parametrize("data", [b"a,b\n", b"a\n\n", b"a,b\n,\n", b"\xef\xbb\xbf\xc3\xa9\n1\n"])
def test_there_is_a_report_of_nearly_nothing(tmp_path: Path, data: bytes) -> None:
    report = made(tmp_path, data)
    assert report.row_count == data.count(b"\n") - 1 - (b"\n\n" in data)
    assert report.column_count == len(report.columns)


ALERTS: dict[str, tuple[str, bytes, list[tuple[str, str, str | None]]]] = {
    "no rows": ("csv", b"a\n", [("high", "no_rows", None)]),
    "nothing in a column": ("csv", b"a,b\n1,\n2,\n", [("medium", "empty", "b")]),
    "a row as the header": ("csv", b"x,0,1\nx,0,2\ny,0,3\n",
        [("high", "header", None), ("low", "constant", "0")]),
    "one name as a value": ("csv", b"a,b\na,1\nb,2\n", []),
    "keys as values": ("json", b'[{"a":"a","b":"b"},{"a":"x","b":"y"}]', []),
    "ragged": (
        "csv",
        b"a,b\n1\n2,x,3\n3,y\n",
        [
            ("high", "short_rows", None),
            ("high", "long_rows", None),
            ("medium", "missing", "b"),
        ],
    ),
    "names": (
        "csv",
        b"a,a,\n1,2,3\n",
        [("medium", "same_name", "a (2)"), ("medium", "no_name", "column 3")],
    ),
    "the same": (
        "csv",
        b"a,b\n1,x\n2,x\n1,x\n",
        [("medium", "duplicate_rows", None), ("low", "constant", "b")],
    ),
    "much missing": ("csv", b"a,b\n1,\n2,\n3,4\n", [("high", "missing", "b")]),
    "almost numbers": ("csv", b"a\n" + b"1\n2\n3\n4\n" * 3 + b"x\n",
        [("high", "almost_numbers", "a"), ("medium", "duplicate_rows", None)]),
    "several types": ("json", b'[{"a":1},{"a":"x"}]', [("high", "mixed", "a")]),
    "not finite": ("json", b'[{"a":1},{"a":NaN}]', [("medium", "not_finite", "a")]),
    "none finite": ("json", b'[{"a":-Infinity},{"a":NaN}]', [("medium", "not_finite", "a")]),
    "far away": ("csv", b"a\n1\n2\n3\n4\n100\n", [("low", "outliers", "a")]),
    "together": ("csv", b"a,b\n1,2\n2,4\n3,6\n", [("low", "correlated", "a")]),
    "of one type": ("csv", b"a\n1\n2.5\n4\n3.5\n", []),
    "nothing": ("csv", b"a,b\n1,2\n2,4\n3,1\n", []),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "data", "alerts"), ALERTS.values(), ids=ALERTS)
def test_what_a_person_should_look_at_is_told_the_worst_first(
    tmp_path: Path, kind: str, data: bytes, alerts: list[tuple[str, str, str | None]]
) -> None:
    report = made(tmp_path, data, kind)
    assert [(each.severity, each.code, each.column) for each in report.alerts] == alerts


def test_an_alert_tells_how_many_in_groups_of_digits(tmp_path: Path) -> None:
    report = made(tmp_path, b"a,b\n" + b"1,2\n" * 2000 + b"1\n")
    short, repeated = (each.message for each in report.alerts[:2])
    assert short.startswith("rows with fewer cells than the header: 1 (the first in line 2,002); ")
    assert repeated == "rows that repeat an earlier one: 1,999"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2**53, 2**53),
        (2**53 + 1, "9007199254740993"),
        (-(2**53) - 1, "-9007199254740993"),
        (math.inf, None),
        (math.nan, None),
        (Fraction(4, 2), 2),
        (Fraction(1, 3), 1 / 3),
        (Fraction(10**400 + 1, 2), str((10**400 + 1) // 2)),
    ],
    ids=str,
)
def test_no_number_is_told_that_json_could_spoil(value: float, expected: object) -> None:
    assert told(value) == expected


@given(names=st.lists(st.sampled_from(["a", "a (2)", "", " ", " a", "column 1", "x" * 300])))
def test_names_are_unique_and_never_empty(names: list[str]) -> None:
    made_unique = names_of(names)
    assert len(set(made_unique)) == len(names)
    assert all(made_unique)
