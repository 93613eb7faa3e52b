"""Who delivers letters of a topic, and what is written when they were delivered.

topic   delivered to                    with its removal
run     the queue of the workers
event   the stream and the channel      a delivery for each webhook that wants it

Letters of webhooks are the courier's. A letter may be delivered twice: a note for an attempt
that has begun starts nothing, an event is once in the stream.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Annotated, Protocol

import msgspec
import redis
from sqlalchemy.orm import Session

from data_bank_api.broker.failures import redis_errors
from data_bank_api.jobs.note import send_note
from data_bank_api.queue.clock import Clock
from data_bank_api.queue.fan_out import fan_out
from data_bank_api.queue.letters import Letter, Topic
from data_bank_api.tracing.span import Attributes, span
from data_bank_client.wire.events import JobEvent

# Publishes each event once, in this order. Raises ServiceUnavailableError.
Publish = Callable[[Sequence[JobEvent]], None]


class Destination(Protocol):
    @property
    def topic(self) -> Topic: ...

    def check(self, letter: Letter) -> None:
        """Raises msgspec.ValidationError for one that cannot be read."""
        ...

    def deliver(self, letters: Sequence[Letter]) -> None:
        """Raises ServiceUnavailableError; some may have been delivered then."""
        ...

    def follow(self, session: Session, letter: Letter) -> None:
        """Write what follows from the delivery, in the transaction that removes the letter."""
        ...


class _Attempt(msgspec.Struct, frozen=True):
    attempt: Annotated[int, msgspec.Meta(ge=1)]
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Runs:
    redis: redis.Redis
    topic: Topic = "run"

    def check(self, letter: Letter) -> None:
        _run_of(letter)

    def deliver(self, letters: Sequence[Letter]) -> None:
        with redis_errors():
            for letter in letters:
                job_id, asked = _run_of(letter)
                with _within(job_id, asked):
                    send_note(self.redis, job_id, asked.attempt)

    def follow(self, session: Session, letter: Letter) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True)
class Events:
    publish: Publish
    clock: Clock
    topic: Topic = "event"

    def check(self, letter: Letter) -> None:
        _event_of(letter)

    def deliver(self, letters: Sequence[Letter]) -> None:
        self.publish([_event_of(each) for each in letters])

    def follow(self, session: Session, letter: Letter) -> None:
        fan_out(session, _event_of(letter), self.clock())


def _run_of(letter: Letter) -> tuple[str, _Attempt]:
    return msgspec.convert(letter.job_id, str), msgspec.convert(letter.content, _Attempt)


def _within(job_id: str, asked: _Attempt) -> AbstractContextManager[object]:
    """The delivery is a span of the trace that the job was asked for in: else there is none."""
    if asked.traceparent is None:
        return nullcontext()
    about: Attributes = {"databank.job_id": job_id, "databank.attempt": asked.attempt}
    return span("outbox run", about, kind="producer", parent=asked.traceparent)


def _event_of(letter: Letter) -> JobEvent:
    event: JobEvent = msgspec.convert(letter.content, JobEvent)
    return event
