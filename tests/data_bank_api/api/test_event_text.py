"""What one reader is sent of the stream."""

import pytest

from data_bank_api.api.event_text import STILL_HERE_SECONDS, EventText
from data_bank_api.events.entry import Entry, Wanted
from data_bank_api.events.follow import News
from data_bank_client.calls.event_stream import Block, EventStreamParser
from data_bank_client.wire.stream_id import StreamId

STARTED, FAILED = "databank.job.started.v1", "databank.job.failed.v1"
PLACE = StreamId(7, 1)


def entry(number: int, kind: str = STARTED, content: bytes = b"{}") -> Entry:
    return Entry(StreamId(number, 0), kind, "j", content)


def test_it_begins_with_when_to_come_again_and_where_it_is() -> None:
    assert EventText(Wanted()).begin(News(PLACE)) == b"retry: 1000\nid: 7-1\n\n"


def test_an_event_is_a_block() -> None:
    told = EventText(Wanted()).tell(News(StreamId(8, 0), (entry(8),)))
    assert told == b"id: 8-0\nevent: databank.job.started.v1\ndata: {}\n\n"


def test_what_is_not_wanted_is_left_out() -> None:
    news = News(StreamId(9, 0), (entry(8, FAILED), entry(9)))
    told = EventText(Wanted(frozenset({FAILED}))).tell(news)
    assert EventStreamParser().feed(told) == [Block("8-0", FAILED, b"{}")]


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
def test_no_content_breaks_out_of_its_block(line_end: bytes) -> None:
    evil = line_end.join([b"{", b"", b"event: mine", b"}"])
    told = EventText(Wanted()).tell(News(StreamId(8, 0), (entry(8, content=evil),)))
    assert EventStreamParser().feed(told) == [Block("8-0", STARTED, b"{\n\nevent: mine\n}")]


def test_a_remark_is_a_comment() -> None:
    told = EventText(Wanted()).tell(News(PLACE, remark="something happened"))
    assert told == b": something happened\n\n"


def test_after_ten_seconds_of_nothing_it_says_that_it_is_there_and_how_far() -> None:
    now = 0.0
    text = EventText(Wanted(frozenset({FAILED})), lambda: now)
    unwanted = News(PLACE, (entry(7),))
    assert text.tell(unwanted) == b""
    now = STILL_HERE_SECONDS - 0.1
    assert text.tell(unwanted) == b""
    now = STILL_HERE_SECONDS
    assert text.tell(unwanted) == b": still here\nid: 7-1\n\n"
    assert text.tell(unwanted) == b""
    now = 2 * STILL_HERE_SECONDS - 1
    assert text.tell(News(PLACE, (entry(8, FAILED),))) != b""
    now = 2 * STILL_HERE_SECONDS
    assert text.tell(unwanted) == b""
