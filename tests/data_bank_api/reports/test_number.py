import math
import sys
from collections.abc import Iterator
from decimal import Decimal

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from data_bank_api.reports.number import as_digits, as_double, is_decimal, is_integer, parse

NUMBERS = {
    " 7 ": 7,
    "\t7": 7,
    "+5": 5,
    "-0": 0,
    "007": 7,
    "1e3": 1000.0,
    "1E-3": 0.001,
    "1.": 1.0,
    ".5": 0.5,
    "9" * 4300: 10**4300 - 1,
}
TEXTS = [
    "", " ", "1_000", "1,5", "٣", "\uff17", "nan", "inf", "-Infinity", "1e400", "7\n", "\n7",
    "7\xa0", "1 000", "+ 5", "--5", "1e", "e5", ".", "+", "1.2.3", "½", "²", "9" * 4301, "0b1",
    "1e3L", "1\x00", "true", "0x1F",
]  # fmt: skip
LIKELY = st.text("0123456789+-.eE _,x\t\n٣", max_size=12) | st.floats().map(repr)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


@pytest.mark.parametrize(("text", "number"), NUMBERS.items(), ids=[t[:9] for t in NUMBERS])
def test_a_number_is_read_whatever_stands_around_it(text: str, number: float) -> None:
    assert parse(text) == number
    assert isinstance(parse(text), type(number))


@pytest.mark.parametrize("text", TEXTS, ids=[ascii(text)[:12] for text in TEXTS])
def test_what_only_resembles_a_number_is_text(text: str) -> None:
    assert parse(text) is None


@given(text=LIKELY | st.text() | st.integers().map(str))
@example(text="1e400")
@example(text="1.7976931348623158e308")
@example(text="1.7976931348623159e308")
@example(text="4.9e-324")
@example(text="-0")
@example(text="9" * 400)
@example(text="9" * 4300)
@example(text="9" * 4301)
@example(text="0.1000000000000000055511151231257827")
def test_sql_and_python_read_every_text_alike(
    connection: duckdb.DuckDBPyConnection, text: str
) -> None:
    answer = connection.execute(
        f"SELECT {is_integer('t')}, {is_decimal('t')}, {as_double('t')}, {as_digits('t')}"
        " FROM (SELECT CAST(? AS VARCHAR) AS t)",
        [text],
    ).fetchall()
    whole, decimal, double, digits = answer[0]
    number = parse(text)
    assert whole is isinstance(number, int)
    assert decimal is (number is not None and abs(Decimal(number)) <= Decimal(sys.float_info.max))
    if isinstance(number, int):
        assert digits == str(number)
    if decimal:
        assert double == float(text)
        assert math.copysign(1, double) == math.copysign(1, float(text))
