"""Events as they are made, for the bank's own jobs and for those of sibling services.

This needs msgspec, and nothing else of the service.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

import msgspec
from msgspec import UNSET

from data_bank_client.wire.events import JobProgress
from data_bank_client.wire.jobs import QUEUE
from data_bank_client.wire.times import format_time

MESSAGE_LENGTH = 2000  # characters
PAYLOAD_BYTES = 16 * 1024

Payload = dict[str, object]


class EventHead(TypedDict):
    """What every event of a job begins with."""

    event_id: str
    at: str
    job_id: str
    user_id: int
    queue: str


_DIGITS = 2  # of a percentage, behind its point: more say nothing


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is, 0 to 100, in words, and what programs may want to know besides."""

    percent: float
    message: str | None = None
    payload: Payload | None = None


def head(job_id: str, user_id: int, now: datetime, queue: str = QUEUE) -> EventHead:
    """The head of a new event."""
    return EventHead(
        event_id=uuid.uuid4().hex,
        at=format_time(now),
        job_id=job_id,
        user_id=user_id,
        queue=queue,
    )


def read_progress(percent: float, message: str | None, payload: Payload | None) -> Progress:
    """What a job says of itself, as it can be kept and told: a long message is cut.

    Raises ValueError for a payload that is not JSON, or larger than PAYLOAD_BYTES of it.
    """
    words = message and plain(message)[:MESSAGE_LENGTH]
    return Progress(round(percent, _DIGITS), words, None if payload is None else _plain(payload))


def plain(text: str) -> str:
    """As it can be kept and told: UTF-8 has no half surrogates, PostgreSQL no NUL in text."""
    whole = text.encode("utf-8", "replace").decode()
    return whole.replace("\0", "\N{REPLACEMENT CHARACTER}")


def progress_event(begin: EventHead, told: Progress) -> JobProgress:
    return JobProgress(
        **begin,
        progress=told.percent,
        message=UNSET if told.message is None else told.message,
        payload=UNSET if told.payload is None else told.payload,
    )


def _plain(payload: Payload) -> Payload:
    """As JSON has it now, whatever becomes of the caller's own."""
    try:
        content = msgspec.json.encode(payload)
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"the payload cannot be told as JSON: {error}") from error
    if len(content) > PAYLOAD_BYTES:
        raise ValueError(f"the payload is larger than {PAYLOAD_BYTES} bytes of JSON")
    return msgspec.json.decode(content, type=Payload)
