"""Parts and streams of files by either client."""

import asyncio
import hashlib
from contextlib import aclosing

import pytest

from data_bank_client import (
    AsyncDataBankClient,
    ConnectionFailedError,
    DataBankClient,
    DigestMismatchError,
    InvalidInputError,
    Phase,
    RangeNotSatisfiableError,
)
from data_bank_client.wire.digest import Digest
from tests.data_bank_client.faces import Face
from tests.data_bank_client.fake_bank import ADDRESS, KEY, FakeBank, Fault, cut_after, respond

CONTENT = hashlib.shake_128(b"content").digest(10_000)
DIGEST = Digest.of(CONTENT)
FILE = DIGEST.hex


@pytest.fixture
def bank() -> FakeBank:
    return FakeBank(CONTENT)


def whole(content: bytes = CONTENT, cut: int | None = None) -> Fault:
    """The whole file, whatever part was asked for."""
    return lambda _: respond(200, content, cut, ETag=DIGEST.etag, Content_Length=str(len(content)))


@pytest.mark.parametrize(
    ("start", "stop"), [(0, 1), (0, 10_000), (5_000, 5_001), (9_999, 20_000), (1_500, 8_500)]
)
@pytest.mark.parametrize("is_whole", [True, False])
def test_a_range_is_the_bytes_from_start_up_to_stop(
    bank: FakeBank, client: Face, start: int, stop: int, is_whole: bool
) -> None:
    bank.faults = [whole()] if is_whole else []
    assert client.read_range(FILE, start, stop) == CONTENT[start:stop]


def test_a_range_is_asked_for_with_its_last_byte(bank: FakeBank, client: Face) -> None:
    client.read_range(FILE, 10, 20)
    assert bank.requests[0].headers["Range"] == "bytes=10-19"


def test_an_empty_range_is_no_question(bank: FakeBank, client: Face) -> None:
    assert client.read_range(FILE, 5, 5) == b""
    assert bank.requests == []


@pytest.mark.parametrize(("start", "stop"), [(-1, 5), (5, 4)])
def test_a_range_that_is_none_is_refused(client: Face, start: int, stop: int) -> None:
    with pytest.raises(InvalidInputError, match="not a range"):
        client.read_range(FILE, start, stop)


@pytest.mark.parametrize("is_whole", [True, False])
def test_a_range_behind_the_end_says_how_long_the_file_is(
    bank: FakeBank, client: Face, is_whole: bool
) -> None:
    bank.faults = [whole()] if is_whole else []
    with pytest.raises(RangeNotSatisfiableError) as caught:
        client.read_range(FILE, 10_000, 10_001)
    assert caught.value.size == 10_000


def test_a_range_continues_after_a_lost_connection(bank: FakeBank, client: Face) -> None:
    bank.faults = [cut_after(2000)]
    assert client.read_range(FILE, 1000, 9000) == CONTENT[1000:9000]
    assert bank.requests[1].headers["Range"] == "bytes=3000-8999"


def test_a_stream_is_the_file_in_chunks(client: Face) -> None:
    told: list[tuple[Phase, int, int | None]] = []
    chunks = list(client.stream(FILE, on_progress=lambda *each: told.append(each)))
    assert b"".join(chunks) == CONTENT
    assert len(chunks) == 10
    assert told[-1] == (Phase.RECEIVING, 10_000, 10_000)


def test_a_stream_continues_after_a_lost_connection(bank: FakeBank, client: Face) -> None:
    bank.faults = [cut_after(3000)]
    assert b"".join(client.stream(FILE)) == CONTENT
    assert bank.requests[1].headers["Range"] == "bytes=3000-"
    assert bank.requests[1].headers["If-Range"] == DIGEST.etag


def test_a_stream_gives_no_byte_twice_when_the_file_comes_again(
    bank: FakeBank, client: Face
) -> None:
    bank.faults = [cut_after(3500), whole()]
    assert b"".join(client.stream(FILE)) == CONTENT


def test_a_stream_of_wrong_bytes_says_so_at_its_end(bank: FakeBank, client: Face) -> None:
    bank.faults = [whole(b"x" * 10_000)]
    chunks: list[bytes] = []
    with pytest.raises(DigestMismatchError, match="what the service sent"):
        chunks.extend(client.stream(FILE))
    assert b"".join(chunks) == b"x" * 10_000


def test_a_stream_gives_up_where_no_byte_is_won(bank: FakeBank, client: Face) -> None:
    bank.faults = [whole(cut=3000)] * 20
    with pytest.raises(ConnectionFailedError):
        list(client.stream(FILE))
    assert len(bank.requests) == 6


def test_an_id_is_checked_when_the_stream_is_made(client: Face) -> None:
    with pytest.raises(InvalidInputError):
        client.stream("nonsense")


def test_a_stream_may_be_left_early(bank: FakeBank) -> None:
    with DataBankClient(ADDRESS, KEY, transport=bank.transport) as client:
        stream = client.stream(FILE)
        assert next(stream) == CONTENT[:1000]
        stream.close()
        assert list(stream) == []


def test_an_asynchronous_stream_may_be_left_early(bank: FakeBank) -> None:
    async def use() -> bytes:
        async with (
            AsyncDataBankClient(ADDRESS, KEY, transport=bank.transport) as client,
            aclosing(client.stream(FILE)) as stream,
        ):
            return await anext(stream)

    assert asyncio.run(use()) == CONTENT[:1000]
