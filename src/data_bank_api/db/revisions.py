"""Alembic, which runs the revisions that a database has not seen yet."""

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

# What a revision calls (`alembic.op`) is one for the whole process.
_one_at_a_time = threading.Lock()


def run_revisions(connection: Connection) -> None:
    """All that are missing, within the transaction of `connection`."""
    config = make_config()
    config.attributes["connection"] = connection
    with _one_at_a_time:
        command.upgrade(config, "head")


def make_config() -> Config:
    """Where Alembic finds the revisions."""
    config = Config()
    folder = str(Path(__file__).with_name("migrations"))
    config.set_main_option("script_location", folder.replace("%", "%%"))
    return config
