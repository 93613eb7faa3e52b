"""The database is away: what is said meanwhile, and that it goes on when it is back."""

import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from sqlalchemy import text

from data_bank_api.db.database import Database, DatabaseAwayError
from tests.fakes.databases import PostgresServer


@contextmanager
def stopped(postgres: PostgresServer) -> Iterator[None]:
    postgres.stop()
    try:
        yield
    finally:
        postgres.start()


@contextmanager
def locked(url: str) -> Iterator[None]:
    """By somebody else, who does not let go."""
    path = url.removeprefix("sqlite:///").partition("?")[0]
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


def is_usable(database: Database) -> bool:
    with database.transaction() as session:
        return bool(session.scalar(text("SELECT count(*) = 0 FROM jobs")))


def assert_away(database: Database) -> None:
    with pytest.raises(DatabaseAwayError), database.transaction():
        pass
    with pytest.raises(DatabaseAwayError) as caught:
        database.ensure_ready()
    assert str(caught.value) == "the database does not answer: try again soon"
    assert caught.value.reason != ""
    assert "\n" not in caught.value.reason


def test_a_server_that_is_away_at_the_start_is_used_when_it_is_back(
    postgres: PostgresServer, empty_postgresql_url: str
) -> None:
    with closing(Database(empty_postgresql_url)) as database:
        with stopped(postgres):
            assert_away(database)
            with pytest.raises(DatabaseAwayError):
                database.check()
        database.check()
        assert is_usable(database)


def test_a_file_that_is_locked_at_the_start_is_used_when_it_is_free(empty_sqlite_url: str) -> None:
    with closing(Database(empty_sqlite_url + "?timeout=0.1")) as database:
        with locked(empty_sqlite_url):
            assert_away(database)
        assert is_usable(database)


def test_a_writer_who_waits_too_long_for_their_turn_is_told(sqlite_url: str) -> None:
    with closing(Database(sqlite_url + "?timeout=0.1")) as database:
        assert is_usable(database)
        with locked(sqlite_url):
            with pytest.raises(DatabaseAwayError):
                is_usable(database)
            with database.reading() as session:  # nobody keeps a reader waiting
                assert session.scalar(text("SELECT count(*) FROM jobs")) == 0
        assert is_usable(database)


def test_a_connection_that_is_lost_in_the_middle_leaves_nothing(
    postgres: PostgresServer, postgresql_url: str
) -> None:
    def lose(database: Database) -> None:
        with database.transaction() as session:
            session.execute(text("INSERT INTO webhooks VALUES ('1', 'u', 's', '[]', 0, now())"))
            pid = session.scalar(text("SELECT pg_backend_pid()"))
            postgres.execute(f"SELECT pg_terminate_backend({pid})")
            session.execute(text("SELECT 1"))

    with closing(Database(postgresql_url)) as database:
        with pytest.raises(DatabaseAwayError):
            lose(database)
        with database.reading() as session:
            assert session.scalar(text("SELECT count(*) FROM webhooks")) == 0


def test_who_comes_after_a_restart_of_the_server_notices_nothing(
    postgres: PostgresServer, postgresql_url: str
) -> None:
    with closing(Database(postgresql_url)) as database:
        assert is_usable(database)
        with stopped(postgres):
            pass
        assert is_usable(database)


def test_a_server_that_keeps_silent_is_away_within_seconds(
    postgres: PostgresServer, postgresql_url: str
) -> None:
    with closing(Database(postgresql_url)) as database:
        began = time.monotonic()
        os.kill(postgres.pid, signal.SIGSTOP)
        try:
            with pytest.raises(DatabaseAwayError):
                database.check()
        finally:
            os.kill(postgres.pid, signal.SIGCONT)
        assert time.monotonic() - began < 15  # about two on a machine that has time


def test_a_database_that_answers_passes_the_check(database: Database) -> None:
    database.check()


def test_when_all_connections_are_taken_nobody_waits_for_ever(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each in ("sqlite", "postgresql"):
        monkeypatch.setattr(f"data_bank_api.db.{each}.CONNECT_SECONDS", 1)
    with closing(Database(database_url)) as database:

        def read_within_readers(left: int) -> None:
            with database.reading() as session:
                session.execute(text("SELECT 1"))
                if left:
                    read_within_readers(left - 1)

        with pytest.raises(DatabaseAwayError, match="try again soon"):
            read_within_readers(50)
        assert is_usable(database)


def test_the_reason_names_no_path_of_the_machine() -> None:
    database = Database("postgresql://postgres@/name?host=/nowhere/at/all")
    with pytest.raises(DatabaseAwayError) as caught:
        database.ensure_ready()
    database.close()
    assert "socket" in caught.value.reason
    assert "/" not in caught.value.reason
