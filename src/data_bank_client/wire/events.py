"""What happens to jobs, as it is published: four types, each a version of its own.

    databank.job.started.v1      an attempt begins
    databank.job.progress.v1     how far it is, at most one a second
    databank.job.completed.v1    it has succeeded; the last of its job
    databank.job.failed.v1       it has failed for good, or was cancelled; the last of its job

An event may come twice, with the same `event_id`. `at` is RFC 3339 in UTC.
"""

from typing import Literal, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from data_bank_client.wire.jobs import QUEUE, ErrorKind

CHANNEL = "databank:events"
CANCELLED = "cancelled"  # the message of a job that was


class _JobEvent(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    event_id: str
    at: str
    domain: Literal["databank"] = "databank"
    job_id: str
    user_id: int = 0
    queue: str = QUEUE


class JobStarted(_JobEvent, frozen=True, kw_only=True, tag="databank.job.started.v1"):
    """An attempt begins."""


class JobProgress(_JobEvent, frozen=True, kw_only=True, tag="databank.job.progress.v1"):
    """`progress` is 0 to 100."""

    progress: float
    message: str | UnsetType = UNSET
    payload: dict[str, object] | UnsetType = UNSET


class JobCompleted(_JobEvent, frozen=True, kw_only=True, tag="databank.job.completed.v1"):
    """`result_id` is the stored file that was made, null where none was."""

    result_id: str | None
    result_bytes: int


class JobFailed(_JobEvent, frozen=True, kw_only=True, tag="databank.job.failed.v1"):
    """Nobody tries it again."""

    error_kind: ErrorKind
    message: str


JobEvent: TypeAlias = JobStarted | JobProgress | JobCompleted | JobFailed

EVENTS: tuple[type[JobEvent], ...] = (JobStarted, JobProgress, JobCompleted, JobFailed)
_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[JobEvent] = msgspec.json.Decoder(JobEvent)


def type_of(event: JobEvent | type[JobEvent]) -> str:
    """The event's `type`."""
    return str(event.__struct_config__.tag)


EVENT_TYPES: tuple[str, ...] = tuple(type_of(kind) for kind in EVENTS)
LAST_TYPES: frozenset[str] = frozenset({type_of(JobCompleted), type_of(JobFailed)})


def encode_event(event: JobEvent) -> bytes:
    return _encoder.encode(event)


def decode_event(content: bytes | str) -> JobEvent:
    """Raises msgspec.ValidationError for another type, msgspec.DecodeError for no JSON."""
    return _decoder.decode(content)
