"""Letters: what is to be delivered, written in the transaction that it tells of.

topic     content                 who delivers it
run       {"attempt": 2, ...}     the queue of the workers; `traceparent`, if the job has one
event     an event of the wire    the stream and the channel, and to webhooks
webhook   {"delivery_id": "..."}  the address that asked
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, TypeAlias

import msgspec
from sqlalchemy.orm import Session

from data_bank_api.db.schema import OutboxRow
from data_bank_client.wire.events import JobEvent

Topic: TypeAlias = Literal["run", "event", "webhook"]
TOPICS: tuple[Topic, ...] = ("run", "event", "webhook")

# Due on every clock: that of who delivers may be behind, or be set back before he looks.
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Letter:
    """`tries` counts the deliveries that failed."""

    letter_id: int
    topic: str
    job_id: str | None
    content: dict[str, object]
    tries: int


def post_run(
    session: Session,
    job_id: str,
    attempt: int,
    due_at: datetime = AT_ONCE,
    traceparent: str | None = None,
) -> None:
    """The attempt is to be started, not before `due_at`; `traceparent`: who asked for the job."""
    content: dict[str, object] = {"attempt": attempt}
    if traceparent is not None:
        content["traceparent"] = traceparent
    _post(session, "run", job_id, content, due_at)


def post_event(session: Session, event: JobEvent) -> None:
    content = msgspec.convert(msgspec.to_builtins(event), dict[str, object])
    _post(session, "event", event.job_id, content, AT_ONCE)


def post_webhook(session: Session, job_id: str, delivery_id: str, due_at: datetime) -> None:
    _post(session, "webhook", job_id, {"delivery_id": delivery_id}, due_at)


def _post(
    session: Session, topic: Topic, job_id: str, content: dict[str, object], due_at: datetime
) -> None:
    session.add(OutboxRow(topic=topic, job_id=job_id, content=content, tries=0, due_at=due_at))
    session.flush()  # the letters of a transaction keep their order
