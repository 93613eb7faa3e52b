from pathlib import Path

import duckdb
import pytest

from data_bank_api.reports.first_rows import first_rows
from data_bank_api.reports.sources.kinds import SOURCES
from tests.data_bank_api.reports.tables import SMALL, opened

TABLE = "SELECT '7' AS a, 'x' AS b"
OPTIONS = {"csv": "csv", "json": "json, array true", "ndjson": "json", "parquet": "parquet"}


@pytest.mark.parametrize("kind", SOURCES)
@pytest.mark.parametrize("folder", ["stage=test", "c0=9", "json=9"])
def test_what_folders_are_called_is_no_value_of_the_file(
    tmp_path: Path, folder: str, kind: str
) -> None:
    (tmp_path / folder).mkdir()
    with opened(tmp_path / folder) as engine:
        duckdb.execute(f"COPY ({TABLE}) TO '{engine.input}' (FORMAT {OPTIONS[kind]})")
        table = SOURCES[kind].load(engine, SMALL)
        assert [column.written for column in table.columns] == ["a", "b"]
        assert [row.cells for row in first_rows(engine, table)] == [("7", "x")]
