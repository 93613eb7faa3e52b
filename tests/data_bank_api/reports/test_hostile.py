"""Files that nobody means well with: a report, or a clear error, and nothing else."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data_bank_api.reports.errors import ReportError
from data_bank_api.reports.limits import Limits
from data_bank_api.reports.profiling import report_of
from data_bank_api.reports.report import Report

OF_CSV = [b"a", b"1", b"-", b"e9", b",", b";", b'"', b"'", b"\n", b"\r", b"\t", b" ", b"9" * 99]
OF_JSON = [b"[", b"]", b"{", b"}", b":", b"null", b"NaN", b"true", b'{"a":1}', b'"a":', b"\\u0000"]
OF_BYTES = [b"\x00", b"\xff", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"PAR1"]
FRAGMENTS = st.sampled_from([*OF_CSV, *OF_JSON, *OF_BYTES])
FILES = st.lists(FRAGMENTS, max_size=20).map(b"".join) | st.binary(max_size=40)


def attempted(data: bytes, kind: str) -> Report | ReportError:
    with tempfile.TemporaryDirectory() as folder:
        path, work = Path(folder) / "data", Path(folder) / "work"
        path.write_bytes(data)
        work.mkdir()
        try:
            return report_of(path, kind, work, Limits(), lambda percent: None)
        except ReportError as error:
            return error


@settings(max_examples=60)
@given(data=FILES, kind=st.sampled_from(["csv", "json", "parquet"]))
@example(data=b"a,b\n\x00,\x00\n", kind="csv")
@example(data=b'[{"\\u0000":1}]', kind="json")
@example(data=b'[{"a":"\\u0000"},{"a":"\\u0000b"}]', kind="json")
def test_any_bytes_make_a_report_or_a_clear_error(data: bytes, kind: str) -> None:
    made = attempted(data, kind)
    if isinstance(made, Report):
        assert Report.from_json(made.to_json()).row_count == made.row_count
    else:
        assert tempfile.gettempdir() not in made.message


HOSTILE: dict[str, tuple[str, bytes]] = {
    "names that are SQL": ("csv", b'"\'); DROP TABLE cells; --",b\n1,2\n'),
    "cells that are SQL": ("csv", b"a,b\n'); DROP TABLE cells; --,{}\n%s,\\\n"),
    "many columns": ("csv", b",".join([b"x"] * 200) + b"\n" + b",".join([b"1"] * 200)),
    "a number of a million digits": ("csv", b"a\n" + b"9" * 1_000_000 + b"\n1\n"),
    "exponents": ("csv", b"a\n1e999999999\n1e-999999999\n-0e0\n"),
    "a deep object": ("json", b'{"a":' * 50_000 + b"1" + b"}" * 50_000),
    "a name of a megabyte": ("json", b'[{"' + b"k" * 1_000_000 + b'":1}]'),
}


@pytest.mark.parametrize(("kind", "data"), HOSTILE.values(), ids=HOSTILE)
def test_what_is_meant_to_hurt_is_described_like_anything_else(kind: str, data: bytes) -> None:
    made = attempted(data, kind)
    assert isinstance(made, Report), made
    assert made.row_count


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_one_column_too_many_is_refused(kind: str) -> None:
    names = [f"n{place}" for place in range(1001)]
    csv = ",".join(names).encode()
    json = ("[{" + ",".join(f'"{name}":1' for name in names) + "}]").encode()
    error = attempted(csv if kind == "csv" else json, kind)
    assert isinstance(error, ReportError)
    assert error.message == "it has more than 1000 columns, the most of a report"
