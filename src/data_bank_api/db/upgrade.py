"""Brings the tables to this release's schema, by the revisions in `migrations/versions/`.

    up to date?  ── yes ──►  nothing is locked
         │ no
    take the lock, look again, run the revisions that are missing: one transaction

Of processes that start at once one does it. Killed in the middle, it did nothing: both databases
keep tables in transactions.

A file's name begins with its revision, and the last of them is this release's: so Alembic, which
takes a tenth of a second, is imported only where there is something to do.
"""

import pkgutil
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, String, column, inspect, select, table, text

from data_bank_api.db.engine import Engines
from data_bank_api.db.refusals import SchemaTooNewError
from data_bank_api.db.schema import VERSION_TABLE

LOCK_SECONDS = 10
# Any number that no other user of the database takes for a lock of its own.
LOCK = 0x64617461_62616E6B
_VERSION = column("version_num", String)  # in Alembic's own table
_RUN = "data_bank_api.db.revisions:run_revisions"


def upgrade(engines: Engines) -> bool:
    """Whether there was something to do. Raises SchemaTooNewError; SQLAlchemy's errors as they are.

    Waits for others about LOCK_SECONDS, as any that write to SQLite do, then OperationalError.
    """
    with engines.reads.connect() as connection:
        if _is_new(connection):
            return False
    with _locked(engines.writes) as connection:
        if _is_new(connection):
            return False
        run: Callable[[Connection], None] = pkgutil.resolve_name(_RUN)
        run(connection)
    return True


def known_revisions() -> list[str]:
    """Those of this release, the oldest first."""
    versions = Path(__file__).with_name("migrations") / "versions"
    return sorted(each.name.partition("_")[0] for each in versions.glob("[0-9]*_*.py"))


def _is_new(connection: Connection) -> bool:
    """Whether the schema is this release's."""
    known, found = known_revisions(), _revisions_of(connection)
    if not found <= set(known):
        raise SchemaTooNewError
    return found == {known[-1]}


def _revisions_of(connection: Connection) -> set[str]:
    if not inspect(connection).has_table(VERSION_TABLE):
        return set()
    found = select(_VERSION).select_from(table(VERSION_TABLE))
    return set(connection.scalars(found))


@contextmanager
def _locked(engine: Engine) -> Generator[Connection]:
    """A transaction that nobody else has: on SQLite each that writes is one."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            # A revision may take long, but nobody waits without an end for their turn.
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS * 1000:.0f}ms'"))
            connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
        yield connection
