from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from data_bank_api.reports.engine import Engine, RefusedError, quoted
from data_bank_api.reports.errors import LimitExceededError
from data_bank_api.reports.limits import MIB
from tests.data_bank_api.reports.tables import SMALL

PATTERN = "SELECT i, i * 7919 % 1000003 AS j, repeat('x', 20) || i AS t FROM range(400000) r(i)"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY (SELECT 1) TO '/tmp/elsewhere'",
        "ATTACH '/tmp/elsewhere.db'",
        "INSTALL httpfs",
    ],
)
def test_the_engine_reaches_nothing_but_its_folder(engine: Engine, sql: str) -> None:
    with pytest.raises((duckdb.PermissionException, RefusedError)):
        engine.run(sql)


def test_what_it_was_told_to_keep_to_cannot_be_changed(engine: Engine) -> None:
    with pytest.raises((RefusedError, duckdb.Error), match="locked"):
        engine.run("SET memory_limit = '100GB'")


def test_a_question_that_is_wrong_is_a_fault_of_ours(engine: Engine) -> None:
    with pytest.raises(duckdb.BinderException):
        engine.run("SELECT nothing")


def test_what_a_value_cannot_be_is_a_refusal(engine: Engine) -> None:
    with pytest.raises(RefusedError, match="Could not convert"):
        engine.rows("SELECT CAST('x' AS INTEGER)", tuple[int])


def test_what_needs_more_memory_than_there_is_exceeds_the_limits(tmp_path: Path) -> None:
    limits = replace(SMALL, memory=16 * MIB, disk=MIB)
    with (
        Engine(tmp_path, limits) as engine,
        pytest.raises(LimitExceededError, match="more than 16 MiB of memory and 1 MiB of disk"),
    ):
        engine.run(f"CREATE TEMP TABLE t AS {PATTERN} ORDER BY j, t")


def test_memory_that_runs_out_at_the_end_of_a_transaction_exceeds_the_limits_too(
    engine: Engine,
) -> None:
    said = "TransactionContext Error: Failed to commit: could not allocate block of size 256.0 KiB"
    with pytest.raises(LimitExceededError, match="needs more than"):
        engine.run(f"SELECT error('{said}')")


def test_many_rows_come_a_piece_at_a_time(engine: Engine) -> None:
    found = engine.each("SELECT i FROM range(25000) r(i)", tuple[int])
    assert sum(number for (number,) in found) == sum(range(25000))


def test_a_quoted_text_is_itself(engine: Engine) -> None:
    text = "it's; -- \\ \" é"
    assert engine.row(f"SELECT {quoted(text)}", tuple[str]) == (text,)
