"""From an event to what is to be delivered of it.

event ──► a delivery, and a letter to the courier, for each webhook that asked
"""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_bank_api.db.insert import insert_into
from data_bank_api.db.schema import DeliveryRow, WebhookRow
from data_bank_api.queue.letters import post_webhook
from data_bank_client.wire.events import JobEvent, encode_event, type_of


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
