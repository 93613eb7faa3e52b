"""DuckDB in a folder of its own, locked in: it reads the input and writes there, and nothing else.

    FOLDER/input    the file, by a name that no pattern of DuckDB's can mistake for another
    FOLDER/table    what was made of it
    FOLDER/spill/   what does not fit into memory

What DuckDB says of a file never reaches who uploaded it as it is: it has paths and advice in it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import duckdb
import msgspec

from data_bank_api.reports.errors import LimitExceededError
from data_bank_api.reports.limits import MIB, Limits

Shape = TypeVar("Shape")
_PIECE = 10_000
_OUR_FAULTS = (
    duckdb.PermissionException,
    duckdb.ParserException,
    duckdb.BinderException,
    duckdb.CatalogException,
)
# Of the disk; and of memory at the end of a transaction, where the error has another class.
_FULL = ("File too large", "No space left", "could not allocate block")


class RefusedError(Exception):
    """DuckDB cannot do it with this input. The message is its own, and not for others."""


class NoRoomError(LimitExceededError):
    """Memory or disk end before it is done."""


class Engine:
    """Every question raises NoRoomError and RefusedError."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.folder = folder
        self._limits = limits
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": f"{limits.memory // MIB}MiB",
            "threads": str(limits.threads),
            "temp_directory": str(folder / "spill"),
            "max_temp_directory_size": f"{limits.disk // MIB}MiB",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        self._connection = duckdb.connect(str(folder / "table"), config=settings)
        self.run("SET TimeZone = 'UTC'")
        self.run(f"SET allowed_directories = [{quoted(str(folder))}]")
        # It looks where a link leads to, which for the input is elsewhere.
        self.run(f"SET allowed_paths = [{quoted(str((folder / 'input').resolve()))}]")
        self.run("SET enable_external_access = false")
        self.run("SET lock_configuration = true")

    @property
    def input(self) -> str:
        return str(self.folder / "input")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    def run(self, sql: str) -> None:
        with self._told():
            self._connection.execute(sql)

    def rows(self, sql: str, shape: type[Shape]) -> list[Shape]:
        """All of them, each of the shape."""
        with self._told():
            rows = self._connection.execute(sql).fetchall()
        return [msgspec.convert(row, shape) for row in rows]

    def row(self, sql: str, shape: type[Shape]) -> Shape:
        """The only one."""
        (row,) = self.rows(sql, shape)
        return row

    def each(self, sql: str, shape: type[Shape]) -> Iterator[Shape]:
        """As many as there are, some at a time. Ask nothing else before the end."""
        with self._told():
            answer = self._connection.execute(sql)
            while piece := answer.fetchmany(_PIECE):
                yield from (msgspec.convert(row, shape) for row in piece)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (duckdb.OutOfMemoryException, MemoryError) as error:
            raise NoRoomError(self._limits.of_room()) from error
        except _OUR_FAULTS:
            raise
        except duckdb.Error as error:
            if _is_full(str(error)):
                raise NoRoomError(self._limits.of_room()) from error
            raise RefusedError(str(error)) from error


def _is_full(message: str) -> bool:
    return any(each in message for each in _FULL)


def quoted(text: str) -> str:
    """SQL: the text itself."""
    return "'" + text.replace("'", "''") + "'"
