"""Webhooks: addresses that are called for events, and the lists of their deliveries.

A webhook's secret is shown when it is made, and never again. How deliveries come to be is in
`fan_out.py`, what becomes of them in `deliveries.py`.
"""

import uuid
from dataclasses import dataclass, field

import msgspec
from sqlalchemy import ColumnElement, delete, func, select

from data_bank_api.db.database import Database
from data_bank_api.db.schema import DeliveryRow, OutboxRow, WebhookRow
from data_bank_api.queue.clock import Clock, utc_now
from data_bank_api.queue.place import Place, page_after
from data_bank_client.errors import ConflictError, NotFoundError
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

    def newest(self, after: Place | None, limit: int) -> list[tuple[Place, WebhookAnswer]]:
        """Those after a place, newest first, each with its own place."""
        ids = WebhookRow.webhook_id
        asked = page_after(after, limit, select(WebhookRow), WebhookRow.created_at, ids)
        with self.database.reading() as session:
            rows = session.scalars(asked)
            return [(Place(row.created_at, row.webhook_id), tell(row)) for row in rows]

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
        self, webhook_id: str, after: Place | None, limit: int
    ) -> list[tuple[Place, DeliveryAnswer]]:
        """Those after a place, newest first. Raises NotFoundError for no such webhook."""
        found = select(DeliveryRow).where(DeliveryRow.webhook_id == webhook_id)
        ids = DeliveryRow.delivery_id
        asked = page_after(after, limit, found, DeliveryRow.created_at, ids)
        with self.database.reading() as session:
            if session.get(WebhookRow, webhook_id) is None:
                raise NotFoundError("there is no such webhook")
            rows = session.scalars(asked)
            return [(Place(row.created_at, row.delivery_id), _tell_delivery(row)) for row in rows]


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
