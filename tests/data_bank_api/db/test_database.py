"""Transactions, on both databases."""

from datetime import UTC, datetime

from sqlalchemy import insert, select

from data_bank_api.db.database import Database
from data_bank_api.db.schema import OutboxRow


def letter(topic: str) -> dict[str, object]:
    return {"topic": topic, "content": {}, "due_at": datetime(2026, 1, 1, tzinfo=UTC)}


def test_what_was_written_is_read(database: Database) -> None:
    with database.transaction() as session:
        session.execute(insert(OutboxRow).values(letter("run")))
    with database.reading() as session:
        assert session.scalars(select(OutboxRow.topic)).all() == ["run"]
    with database.reading() as session:
        assert session.scalars(select(OutboxRow.due_at)).all() == [datetime(2026, 1, 1, tzinfo=UTC)]
