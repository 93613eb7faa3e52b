"""Deliveries to webhooks: which are due, whose turn it is, and how each try went.

A try is claimed before it is made: its letter then rests for CLAIM, so that a courier that is
killed only delays it, and two couriers do not make it twice. Both tables change together.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from data_bank_api.db.database import Database
from data_bank_api.db.schema import DeliveryRow, OutboxRow, WebhookRow
from data_bank_api.queue.clock import Clock, utc_now
from data_bank_api.queue.webhooks import DELIVERY_OF_LETTER
from data_bank_client.wire.webhooks import DeliveryState

# Longer than a try can last.
CLAIM = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class DueCall:
    """A letter of a webhook whose time has come."""

    letter_id: int
    webhook_id: str


@dataclass(frozen=True, slots=True)
class WebhookCall:
    """All that a try needs. `tries` counts those before it."""

    letter_id: int
    delivery_id: str
    webhook_id: str
    event_id: str
    url: str = field(repr=False)
    secret: str = field(repr=False)
    body: str = field(repr=False)
    tries: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a try went: the status of the answer where there was one, and what was wrong."""

    state: DeliveryState
    status: int | None = None
    error: str | None = None
    pause: timedelta = timedelta()  # until the next try, where it is pending


@dataclass(frozen=True, slots=True)
class Deliveries:
    database: Database
    clock: Clock = utc_now

    def due(self, but_for: Collection[str], limit: int) -> list[DueCall]:
        """The calls that have waited longest, without those of the webhooks `but_for`."""
        asked = (
            select(OutboxRow.letter_id, DeliveryRow.webhook_id)
            .join(DeliveryRow, DeliveryRow.delivery_id == DELIVERY_OF_LETTER)
            .where(OutboxRow.topic == "webhook", OutboxRow.due_at <= self.clock())
            .where(DeliveryRow.webhook_id.not_in(but_for))
            .order_by(OutboxRow.due_at, OutboxRow.letter_id)
            .limit(limit)
        )
        with self.database.reading() as session:
            return [DueCall(letter, webhook) for letter, webhook in session.execute(asked)]

    def claim(self, letter_id: int) -> WebhookCall | None:
        """None where somebody else was first, or the webhook is removed."""
        now = self.clock()
        resting = (
            update(OutboxRow)
            .where(OutboxRow.letter_id == letter_id, OutboxRow.due_at <= now)
            .values(due_at=now + CLAIM)
            .returning(OutboxRow.letter_id)
        )
        with self.database.transaction() as session:
            if session.scalars(resting).one_or_none() is None:
                return None
            return _read(session, letter_id)

    def end(self, call: WebhookCall, outcome: Outcome) -> None:
        """Write down how a try went. One that was overtaken by another changes nothing."""
        now, is_pending = self.clock(), outcome.state == "pending"
        tried = (
            update(DeliveryRow)
            .where(DeliveryRow.delivery_id == call.delivery_id, DeliveryRow.state == "pending")
            .values(
                state=outcome.state,
                tries=DeliveryRow.tries + 1,
                status=outcome.status,
                error=outcome.error,
                finished_at=None if is_pending else now,
            )
        )
        with self.database.transaction() as session:
            # The letter first, as where a webhook is removed: else the two could lock each other.
            if is_pending:
                _rest(session, call.letter_id, now + outcome.pause)
            else:
                session.execute(delete(OutboxRow).where(OutboxRow.letter_id == call.letter_id))
            session.execute(tried)


def _rest(session: Session, letter_id: int, until: datetime) -> None:
    session.execute(
        update(OutboxRow)
        .where(OutboxRow.letter_id == letter_id)
        .values(due_at=until, tries=OutboxRow.tries + 1)
    )


def _read(session: Session, letter_id: int) -> WebhookCall:
    asked = (
        select(DeliveryRow, WebhookRow)
        .join(WebhookRow, WebhookRow.webhook_id == DeliveryRow.webhook_id)
        .join(OutboxRow, DeliveryRow.delivery_id == DELIVERY_OF_LETTER)
        .where(OutboxRow.letter_id == letter_id)
    )
    delivery, webhook = session.execute(asked).one()
    return WebhookCall(
        letter_id=letter_id,
        delivery_id=delivery.delivery_id,
        webhook_id=webhook.webhook_id,
        event_id=delivery.event_id,
        url=webhook.url,
        secret=webhook.secret,
        body=delivery.body,
        tries=delivery.tries,
    )
