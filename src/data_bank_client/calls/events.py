"""Following what happens to jobs: one flow over as many connections as it takes.

    follow(types, job_id, last_event_id)     gives a SeenEvent for each event, in their order

It ends by an error only, or where its caller stops iterating. Who watches one job asks with its
`job_id` and `last_event_id="0"`, which begins with the oldest event that is kept, and leaves at the
first event whose type is one of LAST_TYPES.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import msgspec

from data_bank_client.calls.answers import expect
from data_bank_client.calls.call import Flow, Give, Request, Signal, Wait
from data_bank_client.calls.event_stream import Block, EventStreamParser
from data_bank_client.errors import (
    ConnectionFailedError,
    DataBankClientError,
    InvalidInputError,
    UnexpectedAnswerError,
)
from data_bank_client.wire.events import EVENT_TYPES, JobEvent, decode_event
from data_bank_client.wire.stream_id import StreamId

# Seconds, as are all of these. The service gives a sign of life each ten.
SILENCE = 30.0
PATIENCE = 60.0
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 5.0


@dataclass(frozen=True, slots=True)
class SeenEvent:
    """An event, and its place in the stream: given as `last_event_id`, what follows it comes."""

    id: str
    event: JobEvent


def follow(
    types: Iterable[str] | None = None,
    job_id: str | None = None,
    last_event_id: str | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Flow[SeenEvent, None]:
    """Give the events after `last_event_id`, or those from now on, each once.

    A lost connection is made again where it was lost. Raises what the service answers, the last
    error where it cannot be reached for PATIENCE (at first: where any call would give up), and
    InvalidInputError for a `last_event_id` that is none.
    """
    query = {} if types is None else {"types": ",".join(types)}
    query |= {} if job_id is None else {"job_id": job_id}
    reading = _Reading(None if last_event_id is None else _checked(last_event_id), clock)
    while True:
        try:
            yield from _connection(query, reading)
            lost: DataBankClientError = ConnectionFailedError("the service ended the stream")
        except DataBankClientError as error:
            lost = error
        yield Wait(reading.pause_after(lost), lost)


def _connection(query: dict[str, str], reading: "_Reading") -> Flow[SeenEvent, None]:
    """The events of one connection, until it ends."""
    headers = {"Accept": "text/event-stream"}
    if reading.id is not None:
        headers["Last-Event-ID"] = reading.id
    answer = yield Request("GET", "/events", query, headers, is_streamed=True, silence=SILENCE)
    expect(answer, 200)
    if not answer.headers.get("content-type", "").startswith("text/event-stream"):
        raise UnexpectedAnswerError("the answer is no stream of events")
    parser = EventStreamParser()
    while answer.body:
        for block in parser.feed(answer.body):
            event = reading.take(block)
            if event is not None:
                yield Give(event)
        answer = yield Signal.MORE


class _Reading:
    """How far it is, and since when the service has given no sign of life."""

    def __init__(self, last_event_id: str | None, clock: Callable[[], float]) -> None:
        self.id = last_event_id
        self._clock = clock
        self._has_begun = False
        self._lost_at: float | None = None
        self._failures = 0

    def take(self, block: Block) -> SeenEvent | None:
        """The event that a block holds; None where there is none, or one of an unknown type."""
        self._has_begun, self._lost_at, self._failures = True, None, 0
        if block.id is None or block.id == self.id:
            return None
        self.id = _read_id(block.id)
        if block.data is None or block.event not in EVENT_TYPES:
            return None
        try:
            return SeenEvent(self.id, decode_event(block.data))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise UnexpectedAnswerError(f"an event cannot be read: {error}") from error

    def pause_after(self, lost: DataBankClientError) -> float:
        """The seconds until the next try; raises the error where there is none."""
        now = self._clock()
        if self._lost_at is None:
            self._lost_at = now
        if not (self._has_begun and lost.is_temporary) or now - self._lost_at > PATIENCE:
            raise lost
        self._failures += 1
        return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(self._failures - 1, 10))


def _checked(text: str) -> str:
    try:
        return str(StreamId.parse(text))
    except ValueError as error:
        raise InvalidInputError(f"last_event_id: {error}") from error


def _read_id(text: str) -> str:
    try:
        return str(StreamId.parse(text))
    except ValueError as error:
        raise UnexpectedAnswerError(f"the stream of events: {error}") from error
