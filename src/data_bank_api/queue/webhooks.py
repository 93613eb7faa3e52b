"""Webhooks: addresses that are called for events, and what is to be delivered to them.

    event ──► fan_out ──► a delivery, and a letter to the courier, for each webhook that asked

A webhook's secret is shown when it is made, and never again. What becomes of a delivery is in
`deliveries.py`.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, delete, func, select, tuple_
from sqlalchemy.orm import Session

from data_bank_api.db.database import Database
from data_bank_api.db.insert import insert_into
from data_bank_api.db.schema import DeliveryRow, OutboxRow, WebhookRow
from data_bank_api.queue.clock import Clock, utc_now
from data_bank_api.queue.letters import post_webhook
from data_bank_client.errors import ConflictError, NotFoundError
from data_bank_client.wire.events import JobEvent, encode_event, type_of
from data_bank_client.wire.times import format_time
from data_bank_client.wire.webhooks import (
    WEBHOOK_LIMIT,
    DeliveryAnswer,
    DeliveryState,
    NewWebhook,
    WebhookAnswer,
)

# So many deliveries are removed in one transaction: it holds up others no longer than that.
_SOME = 1000

# A letter's delivery, as the letter's content has it.
DELIVERY_OF_LETTER = OutboxRow.content["delivery_id"].as_string()


@dataclass(frozen=True, slots=True)
class WebhookWish:
    """What is asked for: checked, `url` may be called. User 0: the events of everybody's jobs."""

    url: str = field(repr=False)
    types: tuple[str, ...]
    secret: str = field(repr=False)
    user_id: int = 0


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something stands in a list, newest first."""

    at: datetime
    name: str


@dataclass(frozen=True, slots=True)
class Webhooks:
    database: Database
    clock: Clock = utc_now

    def create(self, wish: WebhookWish) -> NewWebhook:
        """Raises ConflictError where there are WEBHOOK_LIMIT."""
        row = WebhookRow(
            webhook_id=uuid.uuid4().hex,
            url=wish.url,
            secret=wish.secret,
            types=list(wish.types),
            user_id=wish.user_id,
            created_at=self.clock(),
        )
        with self.database.transaction() as session:
            count = session.scalars(select(func.count()).select_from(WebhookRow)).one()
            if count >= WEBHOOK_LIMIT:
                raise ConflictError(f"there are {count} webhooks, and no more may be: remove one")
            session.add(row)
        return NewWebhook(**tell(row), secret=wish.secret)

    def newest(self, after: Spot | None, limit: int) -> list[tuple[Spot, WebhookAnswer]]:
        """Those after a place, newest first, each with its own place."""
        asked = select(WebhookRow)
        place = tuple_(WebhookRow.created_at, WebhookRow.webhook_id)
        if after is not None:
            asked = asked.where(place < (after.at, after.name))
        asked = asked.order_by(WebhookRow.created_at.desc(), WebhookRow.webhook_id.desc())
        with self.database.reading() as session:
            rows = session.scalars(asked.limit(limit))
            return [(Spot(row.created_at, row.webhook_id), tell(row)) for row in rows]

    def remove(self, webhook_id: str) -> None:
        """With all its deliveries, pending ones too. One that is not there is no error."""
        while self._remove_ended(webhook_id):  # there may be millions
            pass
        with self.database.transaction() as session:
            session.execute(select(WebhookRow.url).where(_is(webhook_id)).with_for_update())
            calls = select(DeliveryRow.delivery_id).where(DeliveryRow.webhook_id == webhook_id)
            letters = (OutboxRow.topic == "webhook") & DELIVERY_OF_LETTER.in_(calls)
            session.execute(delete(OutboxRow).where(letters))
            session.execute(delete(DeliveryRow).where(DeliveryRow.webhook_id == webhook_id))
            session.execute(delete(WebhookRow).where(_is(webhook_id)))

    def _remove_ended(self, webhook_id: str) -> bool:
        """Remove some of the deliveries that are over: whether there may be more."""
        some = (
            select(DeliveryRow.delivery_id)
            .where(DeliveryRow.webhook_id == webhook_id, DeliveryRow.state != "pending")
            .limit(_SOME)
        )
        gone = delete(DeliveryRow).where(DeliveryRow.delivery_id.in_(some))
        with self.database.transaction() as session:
            return len(session.scalars(gone.returning(DeliveryRow.delivery_id)).all()) == _SOME

    def deliveries(
        self, webhook_id: str, after: Spot | None, limit: int
    ) -> list[tuple[Spot, DeliveryAnswer]]:
        """Those after a place, newest first. Raises NotFoundError for no such webhook."""
        asked = select(DeliveryRow).where(DeliveryRow.webhook_id == webhook_id)
        place = tuple_(DeliveryRow.created_at, DeliveryRow.delivery_id)
        if after is not None:
            asked = asked.where(place < (after.at, after.name))
        asked = asked.order_by(DeliveryRow.created_at.desc(), DeliveryRow.delivery_id.desc())
        with self.database.reading() as session:
            if session.get(WebhookRow, webhook_id) is None:
                raise NotFoundError("there is no such webhook")
            rows = session.scalars(asked.limit(limit))
            return [(Spot(row.created_at, row.delivery_id), _tell_delivery(row)) for row in rows]


def fan_out(session: Session, event: JobEvent, now: datetime) -> None:
    """A delivery and its letter for every webhook that wants the event; once, if called again.

    To be called in the transaction that removes the event's own letter.
    """
    for webhook_id in _wanting(session, event):
        delivery = {
            "delivery_id": uuid.uuid4().hex,
            "webhook_id": webhook_id,
            "event_id": event.event_id,
            "event_type": type_of(event),
            "body": encode_event(event).decode(),
            "state": "pending",
            "tries": 0,
            "created_at": now,
        }
        new = insert_into(session, DeliveryRow).values(delivery).on_conflict_do_nothing()
        for delivery_id in session.scalars(new.returning(DeliveryRow.delivery_id)).all():
            post_webhook(session, event.job_id, delivery_id, now)


def _wanting(session: Session, event: JobEvent) -> list[str]:
    """Locked, so that none is removed before its delivery is written."""
    asked = (
        select(WebhookRow.webhook_id, WebhookRow.types)
        .where(WebhookRow.user_id.in_((0, event.user_id)))
        .order_by(WebhookRow.webhook_id)
        .with_for_update(read=True, key_share=True)
    )
    wanted = type_of(event)
    return [webhook_id for webhook_id, types in session.execute(asked) if wanted in types]


def tell(row: WebhookRow) -> WebhookAnswer:
    """The webhook on the wire: without its secret."""
    return WebhookAnswer(
        webhook_id=row.webhook_id,
        url=row.url,
        types=row.types,
        user_id=row.user_id,
        created_at=format_time(row.created_at),
    )


def _tell_delivery(row: DeliveryRow) -> DeliveryAnswer:
    return DeliveryAnswer(
        event_id=row.event_id,
        event_type=row.event_type,
        state=msgspec.convert(row.state, DeliveryState),
        tries=row.tries,
        status=row.status,
        error=row.error,
        created_at=format_time(row.created_at),
        finished_at=None if row.finished_at is None else format_time(row.finished_at),
    )


def _is(webhook_id: str) -> ColumnElement[bool]:
    return WebhookRow.webhook_id == webhook_id
