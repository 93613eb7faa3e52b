"""Cursors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_bank_api.api.cursor import format_cursor, parse_cursor
from data_bank_client.errors import BadRequestError
from data_bank_client.wire.digest import Digest

CURSOR = format_cursor(Digest.of(b"x"))


@given(st.binary())
def test_a_cursor_leads_back_to_its_digest(content: bytes) -> None:
    assert parse_cursor(format_cursor(Digest.of(content))) == Digest.of(content)


@pytest.mark.parametrize(
    "text", ["", "x", "é", CURSOR[:-4], CURSOR + "AAAA", "B" + CURSOR[1:], CURSOR[:-1] + "\n"]
)
def test_a_tampered_cursor_is_refused(text: str) -> None:
    with pytest.raises(BadRequestError, match="not given out"):
        parse_cursor(text)


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    with pytest.raises(BadRequestError):
        parse_cursor(text)
