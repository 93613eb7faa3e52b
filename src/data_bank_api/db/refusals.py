"""Why a database will not be used at all: the text is the one line that the operator reads.

None of them holds the address: it may hold a password.
"""


class DatabaseRefusedError(Exception):
    """Waiting does not help: DATABASE_URL, or what it leads to, has to be changed."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"DATABASE_URL: {reason}")


class DatabaseAddressError(DatabaseRefusedError):
    """The address cannot be read, or no file can be kept there."""


class SchemaTooNewError(DatabaseRefusedError):
    """A newer release has upgraded the database."""

    def __init__(self) -> None:
        super().__init__("a newer release has upgraded this database: run that release or a newer")


class UpgradeRefusedError(DatabaseRefusedError):
    """The database will not have the tables: no right to make them, or others of the same name."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the tables cannot be made or changed: {reason}")
