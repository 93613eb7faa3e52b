"""The files of a commit that were chosen: each path once, in the order of its bytes.

They lie in a temporary database of SQLite's own, which it puts on the disk when it grows and
which is gone with its connection, or the process: so 100 000 files take no memory here.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Self

import msgspec

from data_bank_api.hub.artifact import Sum
from data_bank_api.hub.hub_path import HubPath
from data_bank_api.hub.tree import TreeFile
from data_bank_client.errors import InsufficientStorageClientError
from data_bank_client.wire.digest import Digest

BATCH = 500
_MAKE = """
CREATE TABLE files (path TEXT PRIMARY KEY, size INTEGER, oid TEXT, sha256 TEXT) WITHOUT ROWID
"""
_TAKE = "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)"
_SUM = "SELECT count(*), coalesce(sum(size), 0) FROM files"
_NEXT = "SELECT path, size, oid, sha256 FROM files WHERE path > ? ORDER BY path LIMIT ?"
_Row = tuple[str, int, str, str | None]


class TreeList:
    """A `with`, of one thread. Raises InsufficientStorageClientError where it has no room."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("")
        self._database.execute(_MAKE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._database.close()

    def take(self, files: Iterable[TreeFile]) -> None:
        """Of a path that comes twice the last one counts."""
        with _full_told():
            self._database.executemany(_TAKE, map(_row_of, files))

    @property
    def total(self) -> Sum:
        ((files, size),) = self._database.execute(_SUM).fetchall()
        return Sum(files, size)

    def batches(self) -> Iterator[Sequence[TreeFile]]:
        """All of them, BATCH at a time."""
        after = ""
        while found := self._behind(after):
            yield found
            after = found[-1].path.text

    def _behind(self, path: str) -> Sequence[TreeFile]:
        rows = self._database.execute(_NEXT, (path, BATCH)).fetchall()
        return [_file_of(each) for each in msgspec.convert(rows, list[_Row])]


def _row_of(file: TreeFile) -> _Row:
    return file.path.text, file.size, file.oid, None if file.sha256 is None else file.sha256.hex


def _file_of(row: _Row) -> TreeFile:
    path, size, oid, sha256 = row
    return TreeFile(HubPath(path), size, oid, None if sha256 is None else Digest(sha256))


@contextmanager
def _full_told() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise InsufficientStorageClientError("there is no room for the list of files") from error
