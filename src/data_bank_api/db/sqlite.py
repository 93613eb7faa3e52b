"""SQLite in a file: who writes takes turns, and what was committed outlives a power cut."""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from sqlalchemy import URL, Connection, NullPool, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from data_bank_api.db.engine import CHECK_SECONDS, CONNECT_SECONDS, Engines, with_defaults
from data_bank_api.db.refusals import DatabaseAddressError

BUSY_SECONDS = 10
_READS = "databank_reads"
_SQLITE = {"isolation_level": None}  # transactions begin where `_begin_sqlite` says


def open_sqlite(url: URL) -> Engines:
    _make_file(url.database)
    writes = create_engine(
        with_defaults(url, {"timeout": str(BUSY_SECONDS)}),
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
