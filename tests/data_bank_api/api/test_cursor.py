"""Cursors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_bank_api.api.cursor import format_cursor, parse_cursor
from data_bank_client.errors import BadRequestError

CURSOR = format_cursor("files", b"a place")


@given(st.text(), st.binary())
def test_a_cursor_leads_back_to_its_place(list_name: str, place: bytes) -> None:
    assert parse_cursor(list_name, format_cursor(list_name, place)) == place


@pytest.mark.parametrize(
    "text", ["", "x", "é", CURSOR[:-4], CURSOR + "AAAA", "B" + CURSOR[1:], CURSOR[:-1] + "\n"]
)
def test_a_tampered_cursor_is_refused(text: str) -> None:
    with pytest.raises(BadRequestError, match="not given out"):
        parse_cursor("files", text)


def test_a_cursor_of_another_list_is_refused() -> None:
    with pytest.raises(BadRequestError, match="not given out"):
        parse_cursor("jobs", CURSOR)


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    with pytest.raises(BadRequestError):
        parse_cursor("files", text)
