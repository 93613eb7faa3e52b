"""Who keeps the search index: a thread in each of the API's processes.

    each of them             shows the index of the current generation on its shelf, and its news
    one, by a lock           makes it of Redis where it is not there or damaged, writes what comes
                             by the stream of updates into it, removes old ones

A refresh makes the index of its generation before that is the current one (building.py).
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import structlog

from data_bank_api.blobs.disk.lone import lone
from data_bank_api.blobs.disk.system import System
from data_bank_api.catalog.document import Document
from data_bank_api.catalog.index.building import IndexMaker
from data_bank_api.catalog.index.engine import UnreadableIndexError
from data_bank_api.catalog.index.folders import IndexFolder, IndexFolders
from data_bank_api.catalog.index.schema import open_index
from data_bank_api.catalog.index.shelf import Shelf
from data_bank_api.catalog.index.writing import write_again
from data_bank_api.catalog.store import CatalogSource
from data_bank_client.errors import ConflictError, NotFoundError, ServiceUnavailableError

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

BATCH = 1000
STOP_SECONDS = 5.0

_FAILURES = (ServiceUnavailableError, NotFoundError, UnreadableIndexError, OSError)


class StoppedError(Exception):
    """The process is being stopped."""


@dataclass(frozen=True, slots=True)
class IndexParts:
    """`stream_end`: the place of the newest update there is.

    Each process looks every `pulse` seconds, after a failure in `pause` seconds.
    """

    source: CatalogSource
    stream_end: Callable[[], str]
    folders: IndexFolders
    shelf: Shelf
    clock: Callable[[], float] = time.time
    pulse: float = 1.0
    pause: float = 10.0


class IndexKeeper:
    def __init__(self, parts: IndexParts) -> None:
        self._parts = parts
        self._maker = IndexMaker(parts.folders)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="index", daemon=True)
        self._lock = ExitStack()
        self._is_keeping = False
        self._checked: IndexFolder | None = None

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """What is under way ends within seconds; an index that is half made is gone.

        Nobody waits longer than STOP_SECONDS: what is written then was not begun.
        """
        self._stop.set()
        self._thread.join(STOP_SECONDS)

    def step(self) -> None:
        """All that is due now. Raises what Redis, the disk and tantivy fail with; StoppedError."""
        generation = self._parts.source.current()
        if generation is None:
            self._parts.shelf.clear()
            return
        folder = self._parts.folders.of(generation)
        if self._keeps():
            self._ensure(generation, folder)
            self._follow(generation, folder)
            self._parts.folders.tidy(generation, self._parts.clock())
        self._parts.shelf.take(folder)

    def _run(self) -> None:
        was_failing = False
        try:
            while not self._stop.wait(self._parts.pause if was_failing else self._parts.pulse):
                was_failing = self._try(was_failing)
        finally:
            self._lock.close()

    def _try(self, was_failing: bool) -> bool:
        """Whether it failed; the first of several failures is told."""
        try:
            self.step()
        except StoppedError:
            return False
        except _FAILURES as error:
            self._checked = None
            tell = log.debug if was_failing else log.warning
            tell("the search index waits", reason=str(error))
            return True
        except Exception:  # such as what Redis holds that is no dataset: the thread must go on
            self._checked = None
            if not was_failing:
                log.exception("the search index cannot be kept")
            return True
        return False

    def _keeps(self) -> bool:
        if not self._is_keeping:
            self._parts.folders.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            with ExitStack() as held:
                lock = lone(self._parts.folders.root / "keeper.lock", System())
                self._is_keeping = held.enter_context(lock)
                if self._is_keeping:
                    self._lock = held.pop_all()
        return self._is_keeping

    def _ensure(self, generation: str, folder: IndexFolder) -> None:
        if self._checked == folder and not folder.is_suspect():
            return
        if not folder.is_usable():
            self._make(generation)
        folder.clear()
        self._checked = folder

    def _make(self, generation: str) -> None:
        log.info("making the search index", generation=generation)
        position = self._parts.stream_end()
        self._maker.build(generation, self._watched(generation), position)
        log.info("made the search index", generation=generation)

    def _watched(self, generation: str) -> Iterator[Sequence[Document]]:
        for batch in self._parts.source.scan(generation):
            if self._stop.is_set():
                raise StoppedError
            yield batch

    def _follow(self, generation: str, folder: IndexFolder) -> None:
        source = self._parts.source
        place = folder.position or source.updates_from(generation)
        try:
            while not self._stop.is_set() and (news := source.updates(place, BATCH)):
                write_again(open_index(str(folder.path)), [each.document for each in news])
                place = news[-1].position
                folder.write_position(place)
        except ConflictError:
            self._make(generation)
