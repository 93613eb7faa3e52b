"""Moments."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_bank_client.errors import InvalidInputError
from data_bank_client.wire.times import format_time, parse_time


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_is_read_as_it_was_written(moment: datetime) -> None:
    assert parse_time(format_time(moment)) == moment


def test_a_moment_of_any_zone_is_told_in_utc() -> None:
    noon = datetime(2026, 11, 21, 12, tzinfo=timezone(timedelta(hours=2)))
    assert format_time(noon) == "2026-11-21T10:00:00.000000Z"
    assert format_time(parse_time("2026-11-21T12:00:00+02:00")) == "2026-11-21T10:00:00.000000Z"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "today",
        "2026-11-21",
        "2026-11-21T10:00:00",
        "2026-11-21T10:00:00 02:00",
        "2026-11-21T10:00:00Z\n",
        "2026-02-30T10:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-01:00",
    ],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="a time is written as"):
        parse_time(text)
