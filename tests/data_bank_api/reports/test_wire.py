"""What the wire says of a report is all that a report of the engine is."""

import json
from pathlib import Path
from typing import get_args

import duckdb
import msgspec
import pytest

from data_bank_api.reports import report
from data_bank_api.reports.profiling import report_of
from data_bank_client.wire import reports
from tests.data_bank_api.reports.tables import SMALL

FILES = {
    "csv": b"n,n,at,said\n1,2.5,2024-01-01,x\n2,-7,2024-02-03,\n3,9,,y,more\n40,1,2024-01-03\n5,2,",
    "json": b'[{"a":1,"b":[1],"c":null,"d":true},{"a":"x","b":{"c":2}},{"a":1e400,"d":false}]',
    "ndjson": b'{"n":' + b"9" * 40 + b',"m":1}\n{"n":1,"m":null}\n{"n":3,"m":3}\n{"n":2,"m":4}\n',
    "csv of nothing": b"a,b\n",
}


def decoded(path: Path, kind: str, folder: Path) -> tuple[object, object]:
    """A report as its types have it, and as it is."""
    folder.mkdir()
    data = report_of(path, kind, folder, SMALL, lambda percent: None).to_json()
    return msgspec.json.decode(data, type=reports.Report, strict=True), json.loads(data)


@pytest.mark.parametrize("name", FILES)
def test_a_report_is_what_the_wire_says_and_no_more(name: str, tmp_path: Path) -> None:
    (path := tmp_path / "data").write_bytes(FILES[name])
    typed, plain = decoded(path, name.partition(" ")[0], tmp_path / "work")
    assert typed == plain


def test_a_report_of_parquet_is_what_the_wire_says_and_no_more(tmp_path: Path) -> None:
    path = tmp_path / "data.parquet"
    with duckdb.connect() as other:
        columns = "i, i::DECIMAL(9,2) d, i % 2 = 0 b, [i] l, now() w, i::VARCHAR t"
        other.execute(f"COPY (SELECT {columns} FROM range(9) r(i)) TO '{path}'")
    typed, plain = decoded(path, "parquet", tmp_path / "work")
    assert typed == plain


def test_the_words_of_the_wire_are_those_of_the_engine() -> None:
    assert reports.REPORT_VERSION == report.VERSION
    assert get_args(reports.ColumnType) == get_args(report.ColumnType)
    assert get_args(reports.Severity) == get_args(report.Severity)
