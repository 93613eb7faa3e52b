"""Places in the stream of events."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_bank_client.wire.stream_id import BEGINNING, StreamId

NUMBERS = st.integers(0, 2**64 - 1)


@given(NUMBERS, NUMBERS)
def test_a_place_is_read_as_it_is_written(milliseconds: int, number: int) -> None:
    place = StreamId(milliseconds, number)
    assert StreamId.parse(str(place)) == place


@pytest.mark.parametrize("text", ["0", "0-0"])
def test_the_beginning_is_0(text: str) -> None:
    assert StreamId.parse(text) == BEGINNING


def test_later_places_are_greater() -> None:
    places = [StreamId.parse(each) for each in ("0", "5-1", "5-2", "5-10", "10-0")]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "text", ["", "-", "1-", "-1", "$", "+", "1-2-3", "1 ", "1\n", "٣", "1.5", "9" * 21, "0x1"]
)
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not the id of an event"):
        StreamId.parse(text)


def test_a_place_that_redis_cannot_have_is_refused() -> None:
    with pytest.raises(ValueError, match="larger than the id of any event"):
        StreamId.parse(str(2**64))
