"""Brings the tables to this release's schema, by the revisions in `migrations/versions/`.

    up to date?  ── yes ──►  nothing is locked
         │ no
    take the lock, look again, run the revisions that are missing: one transaction

Of processes that start at once one does it. Killed in the middle, it did nothing: both databases
keep tables in transactions.
"""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from data_bank_api.db.engine import Engines
from data_bank_api.db.refusals import SchemaTooNewError
from data_bank_api.db.schema import VERSION_TABLE

LOCK_SECONDS = 10
# Any number that no other user of the database takes for a lock of its own.
LOCK = 0x64617461_62616E6B
# What a revision calls (`alembic.op`) is one for the whole process.
_one_at_a_time = threading.Lock()


def upgrade(engines: Engines) -> bool:
    """Whether there was something to do. Raises SchemaTooNewError; SQLAlchemy's errors as they are.

    Waits for others about LOCK_SECONDS, as any that write to SQLite do, then OperationalError.
    """
    config = _config()
    scripts = ScriptDirectory.from_config(config)
    with engines.reads.connect() as connection:
        if _is_new(connection, scripts):
            return False
    with _locked(engines.writes) as connection:
        if _is_new(connection, scripts):
            return False
        config.attributes["connection"] = connection
        with _one_at_a_time:
            command.upgrade(config, "head")
    return True


def _config() -> Config:
    config = Config()
    folder = str(Path(__file__).with_name("migrations"))
    config.set_main_option("script_location", folder.replace("%", "%%"))
    return config


def _is_new(connection: Connection, scripts: ScriptDirectory) -> bool:
    """Whether the schema is this release's."""
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    found = set(context.get_current_heads())
    known = {script.revision for script in scripts.walk_revisions()}
    if not found <= known:
        raise SchemaTooNewError
    return found == set(scripts.get_heads())


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
