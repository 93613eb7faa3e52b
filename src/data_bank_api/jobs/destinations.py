"""Who delivers letters of a topic, and what is written when they were delivered.

topic   delivered to                    with its removal
run     the queue of the workers
event   the stream and the channel      a delivery for each webhook that wants it

Letters of webhooks are the courier's. A letter may be delivered twice: a note for an attempt
that has begun starts nothing, an event is once in the stream.
"""

from collections.abc import Callable, Sequence
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


@dataclass(frozen=True, slots=True)
class Runs:
    redis: redis.Redis
    topic: Topic = "run"

    def check(self, letter: Letter) -> None:
        _run_of(letter)

    def deliver(self, letters: Sequence[Letter]) -> None:
        with redis_errors():
            for letter in letters:
                send_note(self.redis, *_run_of(letter))

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


def _run_of(letter: Letter) -> tuple[str, int]:
    job_id = msgspec.convert(letter.job_id, str)
    return job_id, msgspec.convert(letter.content, _Attempt).attempt


def _event_of(letter: Letter) -> JobEvent:
    event: JobEvent = msgspec.convert(letter.content, JobEvent)
    return event
