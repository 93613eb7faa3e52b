"""Cursors of lists whose newest comes first."""

from datetime import UTC, datetime

import pytest
from starlette.datastructures import QueryParams

from data_bank_api.api.cursor import BadCursorError, format_cursor
from data_bank_api.api.moment_cursor import next_cursor, read_moment_place
from data_bank_api.queue.place import Place

PLACE = Place(datetime(2026, 11, 21, 10, 0, 0, 123456, tzinfo=UTC), "0123456789abcdef" * 2)


def test_a_place_comes_back_as_it_was() -> None:
    cursor = next_cursor("hooks", [PLACE, Place(PLACE.at, "f" * 32)], 1)
    assert cursor is not None
    assert read_moment_place(QueryParams({"cursor": cursor}), "hooks") == PLACE


def test_the_last_page_gives_out_no_cursor() -> None:
    assert next_cursor("hooks", [PLACE], 1) is None


def test_without_a_cursor_a_list_begins_at_its_beginning() -> None:
    assert read_moment_place(QueryParams({}), "hooks") is None


@pytest.mark.parametrize("place", [b"", b"x" * 23, b"\x7f" * 24])
def test_a_place_that_can_be_none_was_not_given_out(place: bytes) -> None:
    query = QueryParams({"cursor": format_cursor("hooks", place)})
    with pytest.raises(BadCursorError):
        read_moment_place(query, "hooks")
