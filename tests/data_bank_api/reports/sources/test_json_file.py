import codecs
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data_bank_api.reports.engine import Engine
from data_bank_api.reports.errors import LimitExceededError, UnreadableError
from data_bank_api.reports.sources.json_file import JsonFile
from data_bank_api.reports.table import Table
from tests.data_bank_api.reports.tables import SMALL

Rows = Sequence[Mapping[str, str | None]]


def load(engine: Engine, data: bytes) -> Table:
    Path(engine.input).write_bytes(data)
    return JsonFile().load(engine, SMALL)


def rows(engine: Engine, table: Table) -> list[dict[str, str | None]]:
    """As text, without the keys that are not there."""
    texts = ", ".join(column.form.text(column.key) for column in table.columns)
    found = engine.rows(f"SELECT {texts} FROM cells ORDER BY rowid", tuple[str | None, ...])
    keys = [column.written for column in table.columns]
    return [{k: v for k, v in zip(keys, row, strict=True) if v is not None} for row in found]


READ: dict[str, tuple[bytes, Rows]] = {
    "an array": (b'[{"a":1,"b":"x"},{"b":null,"a":true}]', [{"a": "1", "b": "x"}, {"a": "true"}]),
    "an array over lines": (b'[\n {"a": 1},\n {"a": 2}\n]\n', [{"a": "1"}, {"a": "2"}]),
    "lines": (b'{"a":1}\n{"b":2}\n', [{"a": "1"}, {"b": "2"}]),
    "lines with CR LF and blank ones": (b'{"a":1}\r\n\r\n{"a":2}', [{"a": "1"}, {"a": "2"}]),
    "a mark": (b'\xef\xbb\xbf{"a":1}\n{"a":2}', [{"a": "1"}, {"a": "2"}]),
    "UTF-16": (codecs.BOM_UTF16_LE + '[{"é":"ü"}]'.encode("utf-16-le"), [{"é": "ü"}]),
    "one object": (b'{\n "a": 1,\n "b": [1]\n}\n', [{"a": "1", "b": "[1]"}]),
    "one array in an object": (b'{ "639-3": [\n{"a":1},{"a":2}\n]\n}\n', [{"a": "1"}, {"a": "2"}]),
    "two arrays in an object": (b'{"a":[{"x":1}],"b":[2]}', [{"a": '[{"x":1}]', "b": "[2]"}]),
    "an array of numbers in an object": (b'{"a":[1,2]}', [{"a": "[1,2]"}]),
    "lines that begin and end as such an object": (
        b'{"a":[1]}\n{"a":[2]}\n',
        [{"a": "[1]"}, {"a": "[2]"}],
    ),
    "nested": (b'[{"a":{"b":[1, 2]},"c":[]}]', [{"a": '{"b":[1,2]}', "c": "[]"}]),
    "escapes": (rb'[{"a":"\u00e9\ud83d\ude00\n\"\\"}]', [{"a": 'é😀\n"\\'}]),
    "huge integers": (b'[{"a":' + b"9" * 60 + b"}]", [{"a": "9" * 60}]),
    "what no double holds": (
        b'[{"a":1e400},{"a":NaN},{"a":-Infinity}]',
        [{"a": "1e400"}, {"a": "NaN"}, {"a": "-Infinity"}],
    ),
    "a cell of 200 KB": (b'[{"a":"' + b"x" * 200_000 + b'"}]', [{"a": "x" * 200_000}]),
    "keys of all sorts": (
        b'[{"":1,"a/b":2,"~0":3,"$.x":4,"A":5,"a":6," ":7,"0":8}]',
        [{"": "1", "a/b": "2", "~0": "3", "$.x": "4", "A": "5", "a": "6", " ": "7", "0": "8"}],
    ),
    "a key twice": (b'[{"a":1,"a":2}]', [{"a": "1"}]),
    "a comma after the last pair": (b'[{"a":1,},{"b":2}]', [{"a": "1"}, {"b": "2"}]),
    "empty objects too": (b'[{},{"a":1}]', [{}, {"a": "1"}]),
}


@pytest.mark.parametrize(("data", "expected"), READ.values(), ids=READ)
def test_json_is_read_as_it_is(engine: Engine, data: bytes, expected: Rows) -> None:
    table = load(engine, data)
    assert rows(engine, table) == list(expected)
    assert table.rows == len(expected)


DEEP = b"[" * 100_000 + b"]" * 100_000


def test_deep_nesting_is_a_cell_like_any_other(engine: Engine) -> None:
    table = load(engine, b'[{"a":' + DEEP + b',"b":1}]')
    assert rows(engine, table) == [{"a": DEEP.decode(), "b": "1"}]


REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "the file is empty"),
    "blank": (b" \n \n", "there is no object with a key in it"),
    "no element": (b"[]", "there is no object with a key in it"),
    "no key": (b"[{},{}]", "there is no object with a key in it"),
    "an element that is none": (b'[{"a":1},\n{"a":2},\n3]', "line 3: a row is not an object"),
    "an array in an array": (b'[\n[{"a":1}]]', "line 2: a row is not an object"),
    "a scalar": (b"5", "line 1: a row is not an object"),
    "null among lines": (b'{"a":1}\nnull\n', "line 2: a row is not an object"),
    "a fault in the array of an object": (
        b'{\n"a":\n[{"x":1},\n{"x" 1}]}',
        "line 4: it is not JSON: object key and value must be separated by a colon (':')",
    ),
    "cut off": (b'[{"a":1},\n{"a"', "line 2: it is not JSON: premature EOF"),
    "no end": (b'[{"a":1}\n', "line 2: it is not JSON: premature EOF"),
    "no colon": (
        b'[{"a":1},\n\n{"b" 1}]',
        "line 3: it is not JSON: object key and value must be separated by a colon (':')",
    ),
    "more after the end": (b'[{"a":1}]\nx', "line 2: it is not JSON: trailing garbage"),
    "no UTF-8": (b'[{"a":1},\n{"a":"\xff"}]', "line 2: the text is not UTF-8"),
    "a surrogate in UTF-8": (b'[{"a":"\xed\xa0\x80"}]', "line 1: the text is not UTF-8"),
    "half a pair": (b'{"a":1}\n{"a":"\\ud800"}', "line 2: a text has half of a surrogate pair"),
    "two in a line": (b'{"a":1}\n{"a":1} {"a":2}\n', "line 2: there are two values in one line"),
    "an object over lines in a large file": (
        (b'{"a":"' + b"x" * 1000 + b'"}\n') * 17_000 + b'{"a":\n2}\n',
        "line 17001: an object does not end in its line",
    ),
    "an object over lines": (
        b'{"a":1}\n{"a":\n2}\n',
        "line 2: an object does not end in its line",
    ),
}


@pytest.mark.parametrize(("data", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_told_with_its_line(
    engine: Engine, data: bytes, message: str
) -> None:
    with pytest.raises(UnreadableError) as caught:
        load(engine, data)
    assert caught.value.message == message


def test_an_object_that_is_too_large_is_refused(engine: Engine) -> None:
    with pytest.raises(UnreadableError, match=r"larger than 4 MiB\Z"):
        load(engine, b'[{"a":"' + b"x" * (33 << 20) + b'"}]')


def test_too_many_keys_are_refused(engine: Engine) -> None:
    Path(engine.input).write_bytes(b'[{"a":1},{"b":1},{"c":1}]')
    with pytest.raises(LimitExceededError, match="more than 2 columns"):
        JsonFile().load(engine, replace(SMALL, columns=2))


def test_columns_come_as_in_the_first_object_and_then_by_name(engine: Engine) -> None:
    table = load(engine, b'[{"z":1,"b":1},{"y":1,"a":1}]')
    assert [column.name for column in table.columns] == ["z", "b", "a", "y"]


def value_of(cell: str) -> object:
    """What a cell in the form of JSON stands for."""
    return cell[1:] if cell.startswith('"') else json.loads(cell)


KEYS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=3)
SCALARS = st.none() | st.booleans() | st.integers() | KEYS
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=2), max_leaves=4)


@settings(max_examples=40)
@given(objects=st.lists(st.dictionaries(KEYS, VALUES, max_size=4), max_size=4), lines=st.booleans())
@example(objects=[{"a": "null", "b": "[", "c": "1"}], lines=True)
def test_cells_are_what_python_reads(
    engine: Engine, objects: list[dict[str, object]], lines: bool
) -> None:
    rows: list[dict[str, object]] = [{"x": 1}, *objects]
    texts = [json.dumps(each, ensure_ascii=False) for each in rows]
    table = load(engine, ("\n".join(texts) if lines else f"[{','.join(texts)}]").encode())
    found = engine.rows("SELECT * FROM cells ORDER BY rowid", tuple[str | None, ...])
    keys = [column.written for column in table.columns]
    for cells, each in zip(found, rows, strict=True):
        told = {k: value_of(cell) for k, cell in zip(keys, cells, strict=True) if cell}
        assert told == {k: value for k, value in each.items() if value is not None}


def test_null_is_as_good_as_a_key_that_is_not_there(engine: Engine) -> None:
    load(engine, b'[{"a":1,"b":null},{"a":1},{"a":1,"b":"null"}]')
    found = engine.rows("SELECT c1 FROM cells ORDER BY rowid", tuple[str | None])
    assert found == [(None,), (None,), ('"null',)]


@pytest.mark.parametrize("name", ["lines", "array"])
def test_objects_too_long_to_be_taken_at_once_are_taken_in_portions(
    tmp_path: Path, name: str
) -> None:
    texts = [f"{number}\n" + "x" * 20_000 for number in range(1000)]
    lines = [json.dumps({"n": number, "t": text}) for number, text in enumerate(texts)]
    content = "\n".join(lines) if name == "lines" else f"[{','.join(lines)}]"
    (tmp_path / "input").write_text(content)
    with Engine(tmp_path, SMALL) as engine:
        table = JsonFile().load(engine, SMALL)
        found = rows(engine, table)
        assert engine.rows("SELECT table_name FROM duckdb_tables()", tuple[str]) == [("cells",)]
    assert found == [{"n": str(number), "t": text} for number, text in enumerate(texts)]
