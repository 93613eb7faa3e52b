"""The index that a process answers searches from: that of the current generation, as it is now.

Another generation's is kept open until that of the current one is there: so nobody waits at a
refresh.
"""

from dataclasses import dataclass

import structlog
import tantivy

from data_bank_api.catalog.index.engine import UnreadableIndexError, engine_errors
from data_bank_api.catalog.index.folders import IndexFolder
from data_bank_api.catalog.index.question import Found, Question
from data_bank_api.catalog.index.schema import open_index
from data_bank_api.catalog.index.searching import search
from data_bank_client.errors import ServiceUnavailableError

RETRY_SECONDS = 5.0

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


class IndexNotReadyError(ServiceUnavailableError):
    """No search can be answered yet."""

    def __init__(self) -> None:
        super().__init__("the catalog's search index is being made: try again soon")
        self.retry_after = RETRY_SECONDS


@dataclass(frozen=True, slots=True)
class _Open:
    folder: IndexFolder
    index: tantivy.Index
    version: tuple[int, int]


class Shelf:
    """One thread changes it, any number search."""

    def __init__(self) -> None:
        self._open: _Open | None = None

    def search(self, question: Question) -> Found:
        """Raises IndexNotReadyError. An index that fails is looked through by its keeper."""
        shown = self._open
        if shown is None:
            raise IndexNotReadyError
        try:
            return search(shown.index, question)
        except UnreadableIndexError as error:
            self._suspect(shown.folder, error)
            raise IndexNotReadyError from error

    def count(self) -> int | None:
        """The datasets in it; None where there is no index."""
        shown = self._open
        return None if shown is None else shown.index.searcher().num_docs

    def take(self, folder: IndexFolder) -> None:
        """The index in a folder, or what has changed in it. What is not usable is not taken."""
        shown, version = self._open, folder.version()
        if version is None or (shown and (shown.folder, shown.version) == (folder, version)):
            return
        try:
            with engine_errors():
                self._open = self._opened(shown, folder, version)
        except UnreadableIndexError as error:
            self._suspect(folder, error)

    def clear(self) -> None:
        self._open = None

    def _suspect(self, folder: IndexFolder, error: UnreadableIndexError) -> None:
        log.warning("the search index cannot be read", reason=str(error))
        folder.suspect()
        self._open = None

    def _opened(
        self, shown: _Open | None, folder: IndexFolder, version: tuple[int, int]
    ) -> _Open | None:
        if shown is not None and shown.folder == folder:
            shown.index.reload()
            return _Open(folder, shown.index, version)
        if not folder.is_usable():
            if folder.is_known:  # who keeps it may have it open, and not see what is wrong
                folder.suspect()
            return shown
        return _Open(folder, open_index(str(folder.path)), version)
