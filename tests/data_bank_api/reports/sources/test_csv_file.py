import codecs
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data_bank_api.reports.engine import Engine, RefusedError
from data_bank_api.reports.errors import LimitExceededError, UnreadableError
from data_bank_api.reports.report import Ragged
from data_bank_api.reports.sources import csv_file
from data_bank_api.reports.sources.csv_dialect import dialect_of
from data_bank_api.reports.sources.csv_file import CsvFile
from data_bank_api.reports.sources.csv_mending import mend
from data_bank_api.reports.table import Table
from tests.data_bank_api.reports.tables import SMALL

Rows = Sequence[Sequence[str | None]]


def load(engine: Engine, data: bytes) -> Table:
    Path(engine.input).write_bytes(data)
    return CsvFile().load(engine, SMALL)


def cells(engine: Engine) -> Rows:
    return engine.rows("SELECT * FROM cells ORDER BY rowid", tuple[str | None, ...])


def names(table: Table) -> list[str]:
    return [column.name for column in table.columns]


READ: dict[str, tuple[bytes, Rows]] = {
    "plain": (b"a,b\n1,2\n3,4\n", [("1", "2"), ("3", "4")]),
    "no end of the last line": (b"a,b\n1,2", [("1", "2")]),
    "CR LF": (b"a,b\r\n1,2\r\n", [("1", "2")]),
    "CR": (b"a,b\r1,2\r", [("1", "2")]),
    "all line ends": (b"a,b\n1,2\r\n3,4\r5,6\n", [("1", "2"), ("3", "4"), ("5", "6")]),
    "a mark": (b"\xef\xbb\xbfa,b\n1,2\n", [("1", "2")]),
    "a mark and what is mended": (b"\xef\xbb\xbfa,b\n1\n", [("1", None)]),
    "semicolons": (b"a;b\n1,5;2\n", [("1,5", "2")]),
    "tabs": (b"a\tb\n1\t\n", [("1", "")]),
    "bars": (b"a|b\n1|2\n", [("1", "2")]),
    "one column": (b"a\n1\n\n2\n", [("1",), ("2",)]),
    "a quoted line break": (b'a,b\n1,"x\ny"\n', [("1", "x\ny")]),
    "a quoted CR LF in CR LF": (b'a,b\r\n1,"x\r\ny"\r\n2,3\r\n', [("1", "x\r\ny"), ("2", "3")]),
    "doubled quotes": (b'a,b\n1,"x ""y"""\n', [("1", 'x "y"')]),
    "a quote inside": (b'a,b\n1,x"y\n', [("1", 'x"y')]),
    "a space before a quote": (b'a,b\n1, "x"\n', [("1", ' "x"')]),
    "quoted delimiters": (b'a,b\n"1,5",2\n', [("1,5", "2")]),
    "blank lines": (b"\n\r\na,b\n\n1,2\n\n\n3,4\n\n", [("1", "2"), ("3", "4")]),
    "spaces": (b"a,b\n 1 ,  \n", [(" 1 ", "  ")]),
    "NUL": (b"a,b\n1,\x002\n", [("1", "\x002")]),
    "header only": (b"a,b\n", []),
    "header without an end": (b"a,b", []),
    "a header of CR LF in LF": (b'"a\r\nz",b\n1,2\n', [("1", "2")]),
    "CR LF in the first row that is mended": (b'a,b\n"1\r\n"\n', [("1\r\n", None)]),
    "a header of two lines": (b'"a\nz",b\n1,2\n', [("1", "2")]),
    "a cell of 200 KB": (b"a,b\n1," + b"x" * 200_000 + b"\n", [("1", "x" * 200_000)]),
    "200 KB, quoted and mended": (b'a,b\n"' + b"x" * 200_000 + b'"\n', [("x" * 200_000, None)]),
    "short rows": (b"a,b,c\n1\n1,2\n1,2,3\n", [("1", None, None), ("1", "2", None), (*"123",)]),
    "long rows": (b"a,b\n1,2,3\n4,5\n", [("1", "2"), ("4", "5")]),
    "empty cells that are there": (b'a,b\n,""\n1\n', [("", ""), ("1", None)]),
    "UTF-16": (codecs.BOM_UTF16_LE + "a,b\né,\U0001f600\n".encode("utf-16-le"), [("é", "😀")]),
    "UTF-16, the other way": (codecs.BOM_UTF16_BE + "a,b\n1,2".encode("utf-16-be"), [("1", "2")]),
    "UTF-16 without a mark": ("a,b\n1,2\n".encode("utf-16-le"), [("1", "2")]),
    "the same, the other way": ("a,b\n1,2\n".encode("utf-16-be"), [("1", "2")]),
    "UTF-32": (codecs.BOM_UTF32_LE + "a,b\n1,2\n".encode("utf-32-le"), [("1", "2")]),
}


@pytest.mark.parametrize(("data", "rows"), READ.values(), ids=READ)
def test_a_csv_is_read_as_it_is(engine: Engine, data: bytes, rows: Rows) -> None:
    table = load(engine, data)
    assert cells(engine) == list(rows)
    assert table.rows == len(rows)


REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "the file is empty"),
    "blank": (b"\n\n \n"[:2], "there is no header: all lines are blank"),
    "an open quote": (b'a,b\n1,2\n3,"x\n4,5\n', "line 3: a quote is opened and not closed"),
    "an open quote, much later": (
        b'a,b\n3,"x\n' + (b"4," + b"5" * 1000 + b"\n") * 4200,
        "line 2: a cell is longer than 4 MiB, or its quote is not closed",
    ),
    "text after a quote": (
        b'a,b\n1,2\n1,"x"y\n',
        "line 3: a quote is closed, and text follows before the next delimiter",
    ),
    "a space after a quote": (
        b'a,b\n"x" ,2\n',
        "line 2: a quote is closed, and text follows before the next delimiter",
    ),
    "no UTF-8": (b"a,b\n1,2\n3,\xff\n", "line 3: the text is not UTF-8"),
    "no UTF-8 in the header": (b"a,\xe9\n1,2\n", "line 1: the text is not UTF-8"),
    "half a character of UTF-16": (
        codecs.BOM_UTF16_LE + "a,b\n1,2\n3,4".encode("utf-16-le") + b"\x00\xd8x\x00",
        "line 3: the text is not UTF-16-LE",
    ),
    "no UTF-8, much later": (
        b"a,b\n" + (b"1," + b"2" * 1000 + b"\n") * 4200 + b"\xff,1\n",
        "line 4202: the text is not UTF-8",
    ),
    "a row of 6 MB": (
        b'a,b,c\n"' + b"x" * 3_000_000 + b'\n","' + b"y" * 3_000_000 + b'"\n',
        "line 2: the row is longer than 4 MiB",
    ),
    "a header of bytes that are 0": (
        b"\n" + b"\0" * 9,
        "line 2: the header has a byte that is 0: this is no text",
    ),
    "bytes that are 0": (b"a,b\n1," + b"\0" * 5_000_000, "line 2: the line is longer than 4 MiB"),
    "a last line that no buffer holds": (
        b"a,b\n1,2\n3," + b"4" * 20_000_000,
        "line 3: the line is longer than 4 MiB",
    ),
    "a first line that no buffer holds": (
        b"a" * 20_000_000,
        "line 1: the line is longer than 4 MiB",
    ),
    "a line of 5 MB": (b"a,b\n1\n" + b"x" * 5_000_000, "line 3: the line is longer than 4 MiB"),
}


@pytest.mark.parametrize(("data", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_told_with_its_line(
    engine: Engine, data: bytes, message: str
) -> None:
    with pytest.raises(UnreadableError) as caught:
        load(engine, data)
    assert caught.value.message == message


def test_rows_that_do_not_fit_the_header_are_told_with_their_lines(engine: Engine) -> None:
    source = load(engine, b'a,b\n1\n"x\ny",2\n1,2,3\n' + b"1\n" * 20).source
    assert source.short == Ragged(21, (2, *range(6, 15)))
    assert source.long == Ragged(1, (5,))


@pytest.mark.parametrize("size", range(1, 9))
@pytest.mark.parametrize("data", [b'1, "x"', b'1,  "x"', b'1,"x" ', b'"x" ,1', b'"x"  ,1'], ids=str)
def test_a_spaced_quote_is_seen_wherever_a_piece_ends(
    data: bytes, size: int, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(engine.input).write_bytes(b"a,b\n" + data + b"\n2,3\n")
    monkeypatch.setattr(csv_file, "_PIECE", size)
    dialect = dialect_of(Path(engine.input))
    assert csv_file._is_misread(Path(engine.input), dialect)


def test_quotes_among_words_are_no_reason_to_mend(engine: Engine) -> None:
    Path(engine.input).write_bytes(b'a,b\n1,"he said ""no"" , or"\n"2",3\n')
    assert csv_file._is_misread(Path(engine.input), dialect_of(Path(engine.input)))
    Path(engine.input).write_bytes(b'a,b\n1,"he said ""no"" to it, or"\n"2","3"\n')
    assert not csv_file._is_misread(Path(engine.input), dialect_of(Path(engine.input)))


def test_a_character_may_lie_where_a_sample_ends(engine: Engine) -> None:
    data = ("aaaaa,b\n" + "é,1\n" * 840_000).encode()
    assert data[(4 << 20) - 1 : (4 << 20) + 1] == "é".encode()
    assert load(engine, data).rows == 840_000


def test_names_are_made_unique_and_there_is_one_for_each_column(engine: Engine) -> None:
    table = load(engine, b"a,a,, ,a\n1,2,3,4,5\n")
    assert names(table) == ["a", "a (2)", "column 3", "column 4", "a (3)"]
    assert [column.written for column in table.columns] == ["a", "a", "", " ", "a"]


def test_too_many_columns_or_rows_are_refused(engine: Engine) -> None:
    Path(engine.input).write_bytes(b"a,b,c\n1,2,3\n4,5,6\n")
    with pytest.raises(LimitExceededError, match="more than 2 columns"):
        CsvFile().load(engine, replace(SMALL, columns=2))
    with pytest.raises(LimitExceededError, match="more than 1 rows"):
        CsvFile().load(engine, replace(SMALL, rows=1))


PLAIN = ["", "1", " 1 ", 'x"y', 'x"', "''", "#", "\\", "\x00", "é", "\x7fnull"]
QUOTED = ['""', '"x"', '"x,y"', '"x\ny"', '"x\r\ny"', '"\r"', '""""', '"x""y"', '"\\"']
SPACED = [' "x"', '"x" ', '\t"x"']
CELLS = st.sampled_from([*PLAIN, *QUOTED, *SPACED])
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=3).map(",".join), max_size=4)
TEXTS = st.builds(str.join, st.sampled_from(["\n", "\r\n", "\r"]), ROWS)


@settings(max_examples=150)
@given(text=TEXTS)
@example(text='1,"\r\n"\r\n')
def test_what_is_read_as_it_is_is_read_the_same_when_mended(engine: Engine, text: str) -> None:
    """So that one ragged row changes nothing in the others."""
    path, anew = Path(engine.input), engine.folder / "mended"
    path.write_bytes(b"a,b\n" + text.encode())
    dialect = dialect_of(path)
    try:
        csv_file._read(engine, path, dialect)
    except RefusedError:
        return
    as_it_is = cells(engine)
    if not csv_file._is_misread(path, dialect):
        assert mend(path, anew, dialect).short == Ragged()
        csv_file._read(engine, anew, dialect)
        assert cells(engine) == as_it_is


def test_rows_within_cells_are_no_rows_wherever_a_thread_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_file, "LONGEST", 1 << 16)
    lines = ",x,y\n" + "1,a,2\n" * 2000
    (tmp_path / "input").write_text("a,b,c\n" + f'7,"{lines}",8\n' * 200)
    with Engine(tmp_path, replace(SMALL, threads=2)) as engine:
        assert CsvFile().load(engine, SMALL).rows == 200
        found = engine.rows("SELECT DISTINCT c0, c1, c2 FROM cells", tuple[str, str, str])
    assert found == [("7", lines, "8")]
