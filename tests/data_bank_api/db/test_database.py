"""Transactions and readers, on both databases."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from data_bank_api.db.database import Database, DatabaseAwayError
from data_bank_api.db.schema import JobRow, OutboxRow

DUE = datetime(2026, 5, 4, 3, 2, 1, 987654, tzinfo=UTC)


def put(database: Database, topic: str) -> None:
    with database.transaction() as session:
        session.execute(insert(OutboxRow).values(topic=topic, content={}, due_at=DUE))


def topics(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(OutboxRow.topic).order_by(OutboxRow.letter_id)))


def test_what_was_committed_is_read(database: Database) -> None:
    put(database, "run")
    put(database, "event")
    assert topics(database) == ["run", "event"]


def test_what_raises_in_the_middle_leaves_nothing(database: Database) -> None:
    def fail() -> None:
        with database.transaction() as session:
            session.execute(insert(OutboxRow).values(topic="run", content={}, due_at=DUE))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert topics(database) == []


def test_nobody_sees_what_is_not_committed(database: Database) -> None:
    with database.transaction() as session:
        session.execute(insert(OutboxRow).values(topic="run", content={}, due_at=DUE))
        assert topics(database) == []
    assert topics(database) == ["run"]


def test_a_reader_has_one_view_while_others_write(database: Database) -> None:
    with database.reading() as session:
        assert session.scalars(select(OutboxRow.topic)).all() == []
        put(database, "run")
        assert session.scalars(select(OutboxRow.topic)).all() == []
    assert topics(database) == ["run"]


def test_a_reader_changes_nothing(database: Database) -> None:
    with pytest.raises((DBAPIError, DatabaseAwayError)), database.reading() as session:
        session.execute(insert(OutboxRow).values(topic="run", content={}, due_at=DUE))
    put(database, "event")  # the next who has the connection may write
    assert topics(database) == ["event"]


def test_a_wrong_statement_is_no_matter_of_waiting(database: Database) -> None:
    with pytest.raises(DBAPIError), database.reading() as session:
        session.execute(text("SELECT nothing FROM nowhere"))


def test_errors_do_not_tell_what_was_written(database: Database) -> None:
    with pytest.raises(DBAPIError) as caught, database.transaction() as session:
        session.execute(text("INSERT INTO nowhere VALUES (:word)"), {"word": "secret"})
    assert "secret" not in str(caught.value)


def test_many_threads_of_many_processes_write_at_once(database_url: str) -> None:
    database = Database(database_url)
    times = {"queued_at": DUE, "due_at": DUE}
    with database.transaction() as session:
        session.add(JobRow(job_id="1", kind="ping", arguments={}, key="k", state="queued", **times))
    command = ["-m", "tests.fakes.database_crowd", "write", database_url, "5"]
    written = subprocess.run([sys.executable, *command], check=True, stdout=subprocess.PIPE)
    with database.reading() as session:
        assert session.scalar(select(JobRow.beat)) == int(written.stdout) == 200
    database.close()
