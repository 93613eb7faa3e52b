"""The database as a process finds it when it starts."""

import structlog

from data_bank_api.config import Settings, SettingsError
from data_bank_api.db.database import Database, DatabaseAwayError
from data_bank_api.db.refusals import DatabaseRefusedError

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


def open_database(settings: Settings) -> Database:
    """With its tables as they are now; away it may be, and is looked for when it is used.

    Raises SettingsError where it cannot be used at all.
    """
    try:
        return _made_ready(Database(settings.database_url))
    except DatabaseRefusedError as error:
        raise SettingsError(str(error)) from error


def _made_ready(database: Database) -> Database:
    try:
        database.ensure_ready()
    except DatabaseAwayError as error:
        log.warning("the database is away: jobs wait for it", reason=error.reason)
    except DatabaseRefusedError:
        database.close()
        raise
    return database
