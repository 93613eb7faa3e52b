"""Server-sent events, read from pieces that are cut anywhere."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_bank_client import UnexpectedAnswerError
from data_bank_client.calls.event_stream import BLOCK_BYTES, Block, EventStreamParser

STREAM = b"""retry: 1000
id: 1-0

: still here
id: 2-0

id:3-0
event: one
data: first
data
data:  second
unknown: field
also unknown

event: two
data: third

id: 4-0

"""
BLOCKS = [
    Block("1-0", "", None),
    Block("2-0", "", None),
    Block("3-0", "one", b"first\n\n second"),
    Block("3-0", "two", b"third"),
    Block("4-0", "", None),
]


def read(*pieces: bytes) -> list[Block]:
    parser = EventStreamParser()
    return [block for piece in pieces for block in parser.feed(piece)]


@given(st.sampled_from([b"\n", b"\r\n", b"\r"]), st.lists(st.integers(0, 300)))
def test_blocks_are_read_whatever_ends_a_line_and_wherever_pieces_are_cut(
    line_end: bytes, cuts: list[int]
) -> None:
    stream = STREAM.replace(b"\n", line_end)
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    pieces = [stream[start:stop] for start, stop in pairwise(places)]
    assert read(*pieces) == BLOCKS


def test_a_block_is_none_before_the_empty_line() -> None:
    parser = EventStreamParser()
    assert parser.feed(b"id: 1-0\ndata: x\n") == []
    assert parser.id is None
    assert parser.feed(b"\n") == [Block("1-0", "", b"x")]
    assert parser.id == "1-0"


def test_an_id_with_nul_is_read_over() -> None:
    assert read(b"id: 1-0\nid: 2\0\ndata: x\n\n") == [Block("1-0", "", b"x")]


def test_comments_may_go_on_for_ever() -> None:
    parser = EventStreamParser()
    for _ in range(3):
        assert parser.feed(b": still here\n" * (BLOCK_BYTES // 13)) == []
    assert parser.feed(b"data: x\n\n") == [Block(None, "", b"x")]


@pytest.mark.parametrize("line", [b"x" * 1000, b"data: " + b"x" * 1000 + b"\n"])
def test_no_more_is_kept_than_a_block_may_have(line: bytes) -> None:
    with pytest.raises(UnexpectedAnswerError, match="larger than 1048576 bytes"):
        read(*[line] * (BLOCK_BYTES // 1000 + 1))


@pytest.mark.parametrize("field", [b"id", b"event"])
def test_what_is_not_utf8_is_no_stream_of_events(field: bytes) -> None:
    with pytest.raises(UnexpectedAnswerError, match="not UTF-8"):
        read(field + b": \xff\n\n")
