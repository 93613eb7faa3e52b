"""Transactions on SQLite or PostgreSQL.

SQLite writes ahead (WAL), syncs every commit (FULL), and a transaction that writes takes its turn
at its beginning (BEGIN IMMEDIATE), so that none fails in the middle because another was first.
"""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from data_bank_client.errors import ServiceUnavailableError

BUSY_SECONDS = 10
CONNECT_SECONDS = 5
STATEMENT_SECONDS = 30
_READS = "databank_reads"


class DatabaseAwayError(ServiceUnavailableError):
    """The database cannot be reached, or does not answer. Nothing was changed."""

    def __init__(self) -> None:
        super().__init__("the database does not answer: try again soon")


class Database:
    """`url` begins with sqlite:/// or postgresql://; nothing is connected before it is used."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)

    @contextmanager
    def transaction(self) -> Generator[Session]:
        """All or nothing of what is done within. Raises DatabaseAwayError."""
        with _away(), Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Generator[Session]:
        """One view of the tables for reading. Raises DatabaseAwayError."""
        with _away(), self.engine.connect() as plain:
            connection = plain.execution_options(**{_READS: True})
            with Session(connection) as session, session.begin():
                yield session

    def close(self) -> None:
        self.engine.dispose()


@contextmanager
def _away() -> Generator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeoutError) as error:
        raise DatabaseAwayError from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise DatabaseAwayError from error
        raise


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed, connect_args={"timeout": BUSY_SECONDS})
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    options = f"-c statement_timeout={STATEMENT_SECONDS * 1000}"
    return create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        connect_args={"connect_timeout": CONNECT_SECONDS, "options": options},
        pool_pre_ping=True,
        pool_timeout=CONNECT_SECONDS,
    )


def _set_up_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None  # transactions begin where `_begin_sqlite` says
    cursor = connection.cursor()
    for line in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {line}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get(_READS, False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
