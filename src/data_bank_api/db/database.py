"""Transactions on SQLite or PostgreSQL, whose tables are this release's before the first.

A database may be away when the process starts, and come and go later: what is asked meanwhile
raises DatabaseAwayError, and the upgrade of its tables is tried again by whoever comes next.
"""

import re
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from data_bank_api.db.engine import open_engines
from data_bank_api.db.refusals import DatabaseRefusedError, UpgradeRefusedError
from data_bank_api.db.upgrade import upgrade
from data_bank_api.tracing.span import inner
from data_bank_client.errors import ServiceUnavailableError

# As libpq quotes the path of a socket.
_PATH = re.compile(r' "/[^"]*"')


class DatabaseAwayError(ServiceUnavailableError):
    """The database cannot be reached, or does not answer: nothing was changed.

    Only where it was lost during the commit itself, all may have been. `reason` is for the log.
    """

    def __init__(self, reason: str = "") -> None:
        super().__init__("the database does not answer: try again soon")
        self.reason = reason


class Database:
    """`url` begins with sqlite:/// or postgresql://. Nothing is connected before it is used.

    Raises DatabaseAddressError. Threads share one; after a fork a child makes its own.
    """

    def __init__(self, url: str) -> None:
        self._engines = open_engines(url)
        self._is_ready = False

    def ensure_ready(self) -> None:
        """Upgrade the tables, unless that was done.

        Raises DatabaseAwayError, and DatabaseRefusedError where waiting does not help.
        """
        if self._is_ready:
            return
        try:
            with _away():
                upgrade(self._engines)
        except DBAPIError as error:
            raise UpgradeRefusedError(_reason(error)) from error
        self._is_ready = True

    @contextmanager
    def transaction(self) -> Generator[Session]:
        """All or nothing of what is done within. Raises DatabaseAwayError.

        It begins at its first statement: on SQLite nobody else writes from there on.
        """
        with self._session(self._engines.writes) as session:
            yield session

    @contextmanager
    def reading(self) -> Generator[Session]:
        """One view of the tables, in which nothing can be changed. Raises DatabaseAwayError."""
        with self._session(self._engines.reads) as session:
            yield session

    def check(self) -> None:
        """Raises DatabaseAwayError, within about two seconds, where the database is away."""
        with _away(), self._engines.checks.connect() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        self._engines.writes.dispose()

    @contextmanager
    def _session(self, engine: Engine) -> Generator[Session]:
        try:
            self.ensure_ready()
        except DatabaseRefusedError as error:  # at a start it says what to do; now it is away
            raise DatabaseAwayError(str(error)) from error
        doing = "database write" if engine is self._engines.writes else "database read"
        with (
            inner(doing, kind="client"),
            _away(),
            Session(engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session


@contextmanager
def _away() -> Generator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeoutError) as error:
        if _is_mistake(error):
            raise
        raise DatabaseAwayError(_reason(error)) from error


def _is_mistake(error: Exception) -> bool:
    """sqlite3 has one class for a file that is locked and a table that does not exist."""
    cause = error.orig if isinstance(error, OperationalError) else None
    return isinstance(cause, sqlite3.Error) and cause.sqlite_errorcode == sqlite3.SQLITE_ERROR


def _reason(error: DBAPIError | PoolTimeoutError) -> str:
    """One line, without the statement and without paths of this machine, such as a socket's.

    Drivers tell of hosts and users, never of passwords.
    """
    cause = error.orig if isinstance(error, DBAPIError) else error
    return _PATH.sub("", str(cause).partition("\n")[0])
