from pathlib import Path

import duckdb
import pytest

from data_bank_api.reports.engine import Engine
from data_bank_api.reports.errors import UnreadableError
from data_bank_api.reports.first_rows import first_rows
from data_bank_api.reports.sources.parquet_file import ParquetFile
from data_bank_api.reports.statistics.columns import describe
from data_bank_api.reports.statistics.outliers import OutlierCounts
from data_bank_api.reports.table import Table
from data_bank_api.reports.values import values_of
from tests.data_bank_api.reports.tables import SMALL

TYPES = {
    "9007199254740993::BIGINT": ("integer", "9007199254740993"),
    "200::UTINYINT": ("integer", "200"),
    "0.1::FLOAT": ("decimal", "0.10000000149011612"),
    "0.1::DOUBLE": ("decimal", "0.1"),
    "1.10::DECIMAL(10, 2)": ("decimal", "1.10"),
    "'7'": ("text", "7"),
    "true": ("boolean", "true"),
    "DATE '2024-02-29'": ("date", "2024-02-29"),
    "TIMESTAMP '2024-02-29 01:02:03'": ("datetime", "2024-02-29 01:02:03"),
    "TIMESTAMPTZ '2024-02-29 01:02:03+02'": ("datetime", "2024-02-28 23:02:03+00"),
    "[1, 2]": ("nested", "[1,2]"),
    "{'a': {'b': 'x'}}": ("nested", '{"a":{"b":"x"}}'),
    "MAP {'k': 1}": ("nested", '{"k":1}'),
    "TIME '01:02:03'": ("text", "01:02:03"),
    "'ab'::BLOB": ("text", "ab"),
    "NULL::INTEGER": ("empty", None),
}


def load(engine: Engine, sql: str) -> Table:
    with duckdb.connect() as other:
        other.execute(f"COPY ({sql}) TO '{engine.input}' (FORMAT parquet)")
    return ParquetFile().load(engine, SMALL)


@pytest.mark.parametrize(("value", "expected"), TYPES.items(), ids=TYPES)
def test_a_column_is_what_the_file_declares(
    engine: Engine, value: str, expected: tuple[str, str | None]
) -> None:
    table = load(engine, f"SELECT {value} AS x, 1 AS y")
    with values_of(engine, table, table.columns[0]) as values:
        assert values.type == expected[0]
    assert first_rows(engine, table)[0].cells == (expected[1], "1")


def test_what_is_no_number_among_doubles_is_left_out_and_counted(engine: Engine) -> None:
    load_all = "SELECT unnest([1.5::DOUBLE, 'nan', 'inf', '-inf', NULL, 2.5]) AS x"
    table = load(engine, load_all)
    with values_of(engine, table, table.columns[0]) as values:
        told = describe(values)
    assert values.type == "decimal"
    assert told["mean"] == 2
    assert told["kinds"] == {"decimal": 2, "special": 3}


@pytest.mark.parametrize("extra", ["", ", 7 AS file_row_number"])
def test_rows_have_their_numbers_in_the_file(engine: Engine, extra: str) -> None:
    table = load(engine, f"SELECT if(i = 4321, 10000, i % 7) AS x{extra} FROM range(9000) t(i)")
    with values_of(engine, table, table.columns[0]) as values:
        found = describe(values)["outliers"]
    assert isinstance(found, OutlierCounts)
    assert [example.row for example in found.examples] == [4322]


def test_names_are_those_of_the_file(engine: Engine) -> None:
    table = load(engine, 'SELECT 1 AS a, {\'in\': [{\'x\': 1}]} AS s, 2 AS "b c", 3 AS """"')
    assert [column.written for column in table.columns] == ["a", "s", "b c", '"']


@pytest.mark.parametrize("data", [b"PAR1", b"x" * 100, b"PAR1" + b"\0" * 100 + b"PAR1"])
def test_what_is_no_parquet_is_refused(engine: Engine, data: bytes) -> None:
    Path(engine.input).write_bytes(data)
    with pytest.raises(UnreadableError, match="it cannot be read as Parquet"):
        ParquetFile().load(engine, SMALL)
