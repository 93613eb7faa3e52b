"""Following events by either client, over streams that are lost and resumed."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, closing
from itertools import islice

import httpx2
import pytest

from data_bank_client import (
    AsyncDataBankClient,
    BadRequestError,
    ConnectionFailedError,
    DataBankClient,
    DataBankClientError,
    ForbiddenError,
    InvalidInputError,
    SeenEvent,
    ServiceUnavailableError,
    UnexpectedAnswerError,
)
from data_bank_client.calls import events
from data_bank_client.calls.call import Answer, Request, Signal, Wait
from data_bank_client.calls.events import FIRST_PAUSE, LONGEST_PAUSE, PATIENCE, follow
from data_bank_client.wire.events import JobStarted, encode_event
from tests.data_bank_client.faces import Face
from tests.data_bank_client.fake_bank import (
    ADDRESS,
    KEY,
    FakeBank,
    Fault,
    failing,
    lose,
    respond,
)

HELLO = b"retry: 1000\nid: 100-0\n\n"


class EventBank(FakeBank):
    """Its streams are what a test says, one after the other."""

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        return respond(200)


@pytest.fixture
def bank() -> FakeBank:
    return EventBank()


@pytest.fixture(autouse=True)
def _lost_connections_are_made_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "FIRST_PAUSE", 0.0)


def started(number: int) -> JobStarted:
    return JobStarted(event_id=str(number), at="2026-11-21T10:00:00.000000Z", job_id="j")


def seen(number: int) -> SeenEvent:
    return SeenEvent(f"{number}-0", started(number))


def told(*numbers: int) -> bytes:
    return b"".join(
        f"id: {number}-0\nevent: databank.job.started.v1\n".encode()
        + b"data: %s\n\n" % encode_event(started(number))
        for number in numbers
    )


def stream(content: bytes, *, is_lost: bool = False) -> Fault:
    """Ends, or is lost, after this."""
    cut = len(content) if is_lost else None
    return lambda _: respond(200, content, cut, Content_Type="text/event-stream; charset=utf-8")


def first(client: Face, count: int, last_event_id: str | None = None) -> list[SeenEvent]:
    with closing(client.events(last_event_id=last_event_id)) as following:
        return list(islice(following, count))


def test_events_come_with_their_places(bank: FakeBank, client: Face) -> None:
    bank.faults += [stream(HELLO + told(101) + b": still here\nid: 105-0\n\n" + told(106))]
    assert first(client, 2) == [seen(101), seen(106)]
    assert bank.asked == ["GET /events"]
    assert "last-event-id" not in bank.requests[0].headers
    assert bank.requests[0].url.query == b""


def test_what_is_wanted_is_asked_for(bank: FakeBank, client: Face) -> None:
    bank.faults += [stream(told(8))]
    following = client.events(["a", "b"], job_id="j/1", last_event_id="7")
    with closing(following):
        assert next(following) == seen(8)
    (asked,) = bank.requests
    assert dict(asked.url.params) == {"types": "a,b", "job_id": "j/1"}
    assert asked.headers["last-event-id"] == "7-0"
    assert asked.headers["accept"] == "text/event-stream"


@pytest.mark.parametrize("is_lost", [True, False])
def test_a_stream_that_ends_is_resumed_where_it_was(
    bank: FakeBank, client: Face, is_lost: bool
) -> None:
    bank.faults += [
        stream(HELLO + told(101, 102) + b"id: 103-0\ndata: half", is_lost=is_lost),
        lose,
        failing(ServiceUnavailableError("Redis is away")),
        stream(b"id: 102-0\n\n" + told(103)),
    ]
    assert first(client, 3) == [seen(101), seen(102), seen(103)]
    assert [each.headers.get("last-event-id") for each in bank.requests] == [
        None,
        "102-0",
        "102-0",
        "102-0",
    ]


def test_one_that_had_no_event_yet_is_resumed_where_it_began(bank: FakeBank, client: Face) -> None:
    bank.faults += [stream(HELLO, is_lost=True), stream(told(101))]
    assert first(client, 1) == [seen(101)]
    assert bank.requests[1].headers["last-event-id"] == "100-0"


def test_it_resumes_as_often_as_there_is_a_sign_of_life(bank: FakeBank, client: Face) -> None:
    bank.faults += [stream(HELLO, is_lost=True)] * 30 + [stream(told(101))]
    assert first(client, 1) == [seen(101)]


def test_an_event_that_comes_again_is_given_once(bank: FakeBank, client: Face) -> None:
    bank.faults += [stream(told(1)), stream(told(1, 2))]
    assert first(client, 2) == [seen(1), seen(2)]


def test_types_of_later_versions_are_read_over(bank: FakeBank, client: Face) -> None:
    later = b"id: 1-0\nevent: databank.job.slept.v1\ndata: {}\n\n"
    bank.faults += [stream(later + told(2))]
    assert first(client, 1) == [seen(2)]


REFUSALS: list[tuple[Fault, type[DataBankClientError]]] = [
    (failing(ForbiddenError("no")), ForbiddenError),
    (failing(BadRequestError("no id")), BadRequestError),
    (lambda _: respond(204), UnexpectedAnswerError),
    (lambda _: respond(200, b"<html>", Content_Type="text/html"), UnexpectedAnswerError),
    (stream(b"id: x\n\n"), UnexpectedAnswerError),
    (stream(told(1).replace(b"{", b"[")), UnexpectedAnswerError),
    (stream(told(1).replace(b'"j"', b'"\xff"')), UnexpectedAnswerError),
]


@pytest.mark.parametrize("number", range(len(REFUSALS)))
@pytest.mark.parametrize("is_first", [True, False])
def test_what_will_not_pass_is_raised(
    bank: FakeBank, client: Face, number: int, is_first: bool
) -> None:
    refusal, expected = REFUSALS[number]
    bank.faults += [*([] if is_first else [stream(HELLO)]), refusal]
    with pytest.raises(expected):
        first(client, 1)
    assert len(bank.requests) == (1 if is_first else 2)


def test_who_cannot_be_reached_at_first_is_not_waited_for(bank: FakeBank, client: Face) -> None:
    bank.faults += [lose] * 20
    with pytest.raises(ConnectionFailedError):
        first(client, 1)
    assert len(bank.requests) == 5


def test_a_place_that_is_none_is_refused_before_it_is_sent(bank: FakeBank, client: Face) -> None:
    with pytest.raises(InvalidInputError, match="last_event_id: not the id of an event"):
        first(client, 1, "latest\r\nX-Other: 1")
    assert bank.requests == []


def test_a_lost_service_is_waited_for_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "FIRST_PAUSE", FIRST_PAUSE)
    now, waited = 0.0, []
    flow = follow(clock=lambda: now)
    assert isinstance(next(flow), Request)
    assert flow.send(Answer(200, {"content-type": "text/event-stream"}, HELLO)) is Signal.MORE
    while now < PATIENCE:
        step = flow.throw(ConnectionFailedError("lost"))
        assert isinstance(step, Wait)
        waited.append(step.seconds)
        now += step.seconds + 3.0  # which the tries of one request take
        assert isinstance(next(flow), Request)
    with pytest.raises(ConnectionFailedError, match="lost"):
        flow.throw(ConnectionFailedError("lost"))
    assert waited[:5] == [0.5, 1.0, 2.0, 4.0, LONGEST_PAUSE]


def test_waits_are_told_with_their_reasons() -> None:
    bank, heard = EventBank(), []
    bank.faults += [stream(HELLO), stream(told(101))]

    def hear(error: DataBankClientError, seconds: float) -> None:
        heard.append((type(error), seconds))

    with (
        DataBankClient(ADDRESS, KEY, transport=bank.transport, on_retry=hear) as client,
        closing(client.events()) as following,
    ):
        assert next(following) == seen(101)
    assert heard == [(ConnectionFailedError, 0.0)]


def test_a_silent_stream_is_waited_for_longer_than_a_short_timeout() -> None:
    bank = EventBank()
    bank.faults += [stream(told(1))]
    with (
        DataBankClient(ADDRESS, KEY, transport=bank.transport, timeout=2.0) as client,
        closing(client.events()) as following,
    ):
        next(following)
    timeout: dict[str, float] = bank.requests[0].extensions["timeout"]
    assert (timeout["read"], timeout["write"]) == (30.0, 2.0)


class Endless(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """A stream of one event that is not followed by an end; it tells whether it was closed."""

    def __init__(self) -> None:
        self.is_closed = False

    def __iter__(self) -> Iterator[bytes]:
        yield told(1)
        raise AssertionError("nobody asks for more")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield told(1)
        await asyncio.Event().wait()

    def close(self) -> None:
        self.is_closed = True

    async def aclose(self) -> None:
        self.is_closed = True

    @property
    def transport(self) -> httpx2.MockTransport:
        headers = {"Content-Type": "text/event-stream"}
        return httpx2.MockTransport(lambda _: httpx2.Response(200, headers=headers, stream=self))


def test_who_stops_iterating_closes_the_connection() -> None:
    endless = Endless()
    with DataBankClient(ADDRESS, KEY, transport=endless.transport) as client:
        following = client.events()
        assert next(following) == seen(1)
        following.close()
        assert endless.is_closed


def test_a_cancelled_task_closes_the_connection() -> None:
    endless = Endless()

    async def follow_all(client: AsyncDataBankClient, got: asyncio.Event) -> None:
        async with aclosing(client.events()) as following:
            async for _ in following:
                got.set()

    async def cancel_while_it_waits() -> None:
        got = asyncio.Event()
        async with AsyncDataBankClient(ADDRESS, KEY, transport=endless.transport) as client:
            task = asyncio.create_task(follow_all(client, got))
            await got.wait()
            task.cancel()
            await asyncio.wait([task])
            assert task.cancelled()
            assert endless.is_closed

    asyncio.run(cancel_while_it_waits())
