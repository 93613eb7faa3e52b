"""Texts of any script, and of any intent, in cells of a terminal."""

from rich.cells import cell_len

from data_bank_client.cli.reports.lines import (
    cut,
    joined,
    left,
    named,
    right,
    short_name,
    widest,
    wrapped,
)

WIDE = "東京タワー"


def test_a_text_fills_its_cells_whatever_it_is_written_in() -> None:
    for text in ("", "ab", "abcdefghij", WIDE, "e\u0301" * 9, "\x1b[31mred\x07"):
        filled = (left(text, 7), right(text, 7), named(text, 7))
        assert [cell_len(each) for each in filled] == [7, 7, 7], text
        assert cell_len(cut(text, 7)) <= 7
    assert (cut("abcdefgh", 7), right("ab", 4)) == ("abcdef…", "  ab")


def test_of_a_long_name_its_beginning_and_its_end_are_told() -> None:
    assert short_name("sensor_temperature_17", 11) == "senso…re_17"
    assert (short_name("a\x1bb", 11), named("ab", 4)) == ("a\\x1bb", "ab  ")


def test_a_text_moves_no_cursor_and_paints_nothing() -> None:
    line = joined("  ", ("[red]x[/]", "bold"), cut("\x1b[2Jy\r\u202ez\n", 40))
    assert line.plain == "  [red]x[/]\\x1b[2Jy\\r\\u202ez\\n"
    assert [each.style for each in line.spans] == ["bold"]


def test_a_column_is_as_wide_as_its_widest_text() -> None:
    assert widest(["a", WIDE, "abc"], 40) == 10
    assert widest(["a" * 50], 40) == 40
    assert widest([], 40) == 0


def test_a_long_text_is_told_in_lines_and_whole() -> None:
    told = wrapped("words of a message that is longer than one line", 20)
    assert told == ["words of a message", "that is longer than", "one line"]
    wide = wrapped(WIDE * 8, 20)
    assert "".join(wide) == WIDE * 8
    assert max(map(cell_len, wide)) <= 20
    assert wrapped("", 20) == [""]
