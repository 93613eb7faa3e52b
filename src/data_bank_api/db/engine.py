"""From DATABASE_URL to engines; what the two databases are told, so that they behave alike.

SQLite writes ahead (WAL), syncs every commit (FULL), and a transaction that writes takes its turn
at its beginning (BEGIN IMMEDIATE), so that none fails in the middle because another was first.
What the operator wrote into the address goes before what is set here.
"""

import os
import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from psycopg import ProgrammingError
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from data_bank_api.db.refusals import DatabaseAddressError

BUSY_SECONDS = 10
CONNECT_SECONDS = 5
CHECK_SECONDS = 2
STATEMENT_SECONDS = 30
IDLE_SECONDS = 60  # a transaction of a host that is gone must not keep its locks
_READS = "databank_reads"
_SQLITE = {"isolation_level": None}  # transactions begin where `_begin_sqlite` says
# A host that is gone without a word is noticed after 25 seconds; the words are libpq's.
_LIVENESS = {
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "25000",
}


@dataclass(frozen=True, slots=True)
class Engines:
    """`reads` has the connections of `writes`; `checks` makes a new one, and soon gives up."""

    writes: Engine
    reads: Engine
    checks: Engine


def open_engines(url: str) -> Engines:
    """Connects to nothing, but makes the file of SQLite. Raises DatabaseAddressError."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # both hold what they could not read
        raise DatabaseAddressError("cannot be read as an address") from None
    openers = {"sqlite": _open_sqlite, "postgresql": _open_postgresql}
    if parsed.drivername not in openers:
        raise DatabaseAddressError("must begin with sqlite:/// or postgresql://")
    return openers[parsed.drivername](parsed)


def _open_sqlite(url: URL) -> Engines:
    _make_file(url.database)
    writes = create_engine(
        _with_defaults(url, {"timeout": str(BUSY_SECONDS)}),
        connect_args=_SQLITE,
        pool_timeout=CONNECT_SECONDS,
        hide_parameters=True,
    )
    checks = create_engine(
        url.update_query_dict({"timeout": str(CHECK_SECONDS)}),
        connect_args=_SQLITE,
        poolclass=NullPool,
        hide_parameters=True,
    )
    for engine in (writes, checks):
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    reading = {_READS: True}
    return Engines(writes, writes.execution_options(**reading), checks.execution_options(**reading))


def _make_file(name: str | None) -> None:
    """SQLite would let everybody read a file that it makes itself.

    A file that is there is not touched: closing one that is in use would lose its locks.
    """
    if not name or name == ":memory:" or name.startswith("file:"):
        raise DatabaseAddressError("must name a file: sqlite:////folder/name")
    path = Path(name)
    if path.exists():
        if not (path.is_file() and os.access(path, os.R_OK | os.W_OK)):
            raise DatabaseAddressError("it is not a file that may be written")
        return
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=".new-") as draft:
            _write_ahead(draft.name)
            _link(draft.name, path)
    except OSError as error:
        raise DatabaseAddressError(f"no file can be made there: {error.strerror}") from None


def _write_ahead(name: str) -> None:
    """Of several who switch a file at once, SQLite fails some: ours is born so."""
    connection = sqlite3.connect(name)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


def _link(draft: str, path: Path) -> None:
    with suppress(FileExistsError):  # another process was first
        os.link(draft, path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _set_up_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for line in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {line}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get(_READS, False)
    connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if reads else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _open_postgresql(url: URL) -> Engines:
    if "@" in (url.host or ""):  # a part of the password: it would be told as a host's name
        raise DatabaseAddressError("percent-encode the special characters of the password")
    writes = create_engine(
        _with_defaults(_limited(url, STATEMENT_SECONDS), {"connect_timeout": str(CONNECT_SECONDS)}),
        isolation_level="READ COMMITTED",  # a server may have another default
        pool_pre_ping=True,
        pool_timeout=CONNECT_SECONDS,
        hide_parameters=True,
    )
    checks = create_engine(
        _limited(url, CHECK_SECONDS).update_query_dict(
            {"connect_timeout": str(CHECK_SECONDS), "tcp_user_timeout": str(CHECK_SECONDS * 1000)}
        ),
        poolclass=NullPool,
        hide_parameters=True,
    )
    _check_options(writes)
    return Engines(
        writes,
        writes.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True),
        checks,
    )


def _limited(url: URL, statement_seconds: int) -> URL:
    """The address with what the server is to end by itself."""
    theirs = url.query.get("options", "")
    options = [
        f"-c statement_timeout={statement_seconds * 1000}",
        f"-c idle_in_transaction_session_timeout={IDLE_SECONDS * 1000}",
        theirs if isinstance(theirs, str) else " ".join(theirs),
    ]
    limited = url.set(drivername="postgresql+psycopg")
    return _with_defaults(limited.update_query_dict({"options": " ".join(options)}), _LIVENESS)


def _with_defaults(url: URL, defaults: Mapping[str, str]) -> URL:
    return url.set(query={**defaults, **url.query})


def _check_options(engine: Engine) -> None:
    """A name that libpq does not know is an error at once, not at each connection."""
    _, words = engine.dialect.create_connect_args(engine.url)
    try:
        make_conninfo(**{name: word for name, word in words.items() if isinstance(word, str)})
    except ProgrammingError:  # it holds what may be a part of a password
        raise DatabaseAddressError("holds an option that PostgreSQL does not know") from None
