"""The outbox: letters in the order in which they were written, until they are delivered.

A letter is removed after its delivery, so it may be delivered twice, and never not at all.
"""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from data_bank_api.db.database import Database
from data_bank_api.db.schema import OutboxRow
from data_bank_api.queue.clock import Clock, utc_now
from data_bank_api.queue.letters import TOPICS, Letter, Topic


@dataclass(frozen=True, slots=True)
class Outbox:
    database: Database
    clock: Clock = utc_now

    def due(self, limit: int, topics: Sequence[Topic] = TOPICS) -> list[Letter]:
        """The oldest letters of these topics whose time has come.

        Those to webhooks are the courier's to take (`deliveries.py`): many may wait for one
        address, and would stand before all others here.
        """
        asked = (
            select(OutboxRow)
            .where(OutboxRow.due_at <= self.clock(), OutboxRow.topic.in_(topics))
            .order_by(OutboxRow.letter_id)
            .limit(limit)
        )
        with self.database.reading() as session:
            return [
                Letter(row.letter_id, row.topic, row.job_id, row.content, row.tries)
                for row in session.scalars(asked)
            ]

    @contextmanager
    def removing(self, letter_ids: Sequence[int]) -> Generator[Session]:
        """The transaction that removes delivered letters, and does what is done within."""
        with self.database.transaction() as session:
            session.execute(delete(OutboxRow).where(OutboxRow.letter_id.in_(letter_ids)))
            yield session

    def postpone(self, letter_id: int, until: datetime) -> None:
        """Let one rest whose delivery failed, and count that."""
        with self.database.transaction() as session:
            session.execute(
                update(OutboxRow)
                .where(OutboxRow.letter_id == letter_id)
                .values(due_at=until, tries=OutboxRow.tries + 1)
            )
