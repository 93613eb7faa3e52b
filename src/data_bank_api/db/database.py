"""Transactions on SQLite or PostgreSQL, whose tables are this release's before the first.

A database may be away when the process starts, and come and go later: what is asked meanwhile
raises DatabaseAwayError, and the upgrade of its tables is tried again by whoever comes next.
"""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from data_bank_api.db.engine import open_engines
from data_bank_api.db.refusals import DatabaseRefusedError
from data_bank_api.db.upgrade import upgrade
from data_bank_client.errors import ServiceUnavailableError


class DatabaseAwayError(ServiceUnavailableError):
    """The database cannot be reached, or does not answer: nothing was changed.

    Only where it was lost during the commit itself, all may have been.
    """

    def __init__(self) -> None:
        super().__init__("the database does not answer: try again soon")


class Database:
    """`url` begins with sqlite:/// or postgresql://; nothing is connected before it is used.

    Raises DatabaseAddressError. Not to be used after a fork: a child makes its own.
    """

    def __init__(self, url: str) -> None:
        self._engines = open_engines(url)
        self._is_ready = False

    def ensure_ready(self) -> None:
        """Upgrade the tables, unless that was done. Raises DatabaseAwayError, SchemaTooNewError."""
        with _away():
            self._upgrade_once()

    @contextmanager
    def transaction(self) -> Generator[Session]:
        """All or nothing of what is done within. Raises DatabaseAwayError."""
        with _away(), _refused():
            self._upgrade_once()
            with Session(self._engines.writes, expire_on_commit=False) as session, session.begin():
                yield session

    @contextmanager
    def reading(self) -> Generator[Session]:
        """One view of the tables, in which nothing can be changed. Raises DatabaseAwayError."""
        with _away(), _refused():
            self._upgrade_once()
            with Session(self._engines.reads, expire_on_commit=False) as session, session.begin():
                yield session

    def check(self) -> None:
        """Raises DatabaseAwayError, within about two seconds, where the database is away."""
        with _away(), self._engines.checks.connect() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        self._engines.writes.dispose()

    def _upgrade_once(self) -> None:
        if not self._is_ready:
            upgrade(self._engines.writes)
            self._is_ready = True


@contextmanager
def _away() -> Generator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeoutError) as error:
        if _is_mistake(error):
            raise
        raise DatabaseAwayError from error


def _is_mistake(error: Exception) -> bool:
    """sqlite3 has one class for a file that is locked and a table that does not exist."""
    cause = error.orig if isinstance(error, OperationalError) else None
    code = cause.sqlite_errorcode if isinstance(cause, sqlite3.Error) else None
    return code == sqlite3.SQLITE_ERROR


@contextmanager
def _refused() -> Generator[None]:
    """What is refused at a start is away for those who come later."""
    try:
        yield
    except DatabaseRefusedError as error:
        raise DatabaseAwayError from error
