"""Names of datasets and files: whatever was sent, what is kept can be shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_bank_api.datasets.naming import base_name, parse_name
from data_bank_client.errors import InvalidInputError


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a.csv", "a.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\a.csv", "a.csv"),
        ("/mixed\\a/b.csv", "b.csv"),
        ("a\0b.csv", "ab.csv"),
        ("a\r\nb\u202e.csv", "a  b.csv"),
        ("10\u202f30.csv", "10 30.csv"),
        ("größe 📊.csv", "größe 📊.csv"),
        ("<b>'\"&.csv", "<b>'\"&.csv"),
        ("", ""),
        ("a/", ""),
        ("a/..", ""),
        ("\x7f.\0", ""),
    ],
    ids=repr,
)
def test_a_files_name_is_the_last_part_of_any_path(path: str, expected: str) -> None:
    assert base_name(path) == expected


@given(st.text(max_size=200))
def test_no_files_name_has_a_separator_or_what_cannot_be_shown(text: str) -> None:
    name = base_name(text)
    assert name.isprintable()
    assert not {"/", "\\"} & set(name)
    assert base_name(name) == name


def test_a_files_name_that_is_too_long_is_refused() -> None:
    assert base_name("dir/" + "x" * 255) == "x" * 255
    with pytest.raises(InvalidInputError, match="filename may have 255"):
        base_name("x" * 256)


def test_a_name_is_taken_without_the_blanks_around_it() -> None:
    assert parse_name("  Sales of 2026 <b> \n") == "Sales of 2026 <b>"
    assert parse_name("x" * 255) == "x" * 255


@pytest.mark.parametrize("text", ["", "  ", "x" * 256, "a\0b", "a\nb", "a\u202eb"], ids=repr)
def test_a_name_that_cannot_be_shown_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="name must have 1 to 255"):
        parse_name(text)
