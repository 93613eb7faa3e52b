"""The thread that mends the store once after a start, in one process at a time."""

import threading
from dataclasses import asdict
from pathlib import Path

import structlog

from data_bank_api.blobs.disk.lone import lone
from data_bank_api.blobs.disk.mend import Mended, mend_shards
from data_bank_api.blobs.disk.store import DiskStore
from data_bank_api.blobs.disk.system import System

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

# A pause at each shard keeps the walk over a large store out of the way of requests.
_PAUSE_SECONDS = 0.001


class Mender:
    """Walks the store once, in a thread, in one process at a time."""

    def __init__(self, root: str, state: Path, store: DiskStore, system: System) -> None:
        self._root = root
        self._lock = state / "mend.lock"
        self._store = store
        self._system = system
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mend", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            self._mend_in_turn()
        except OSError:
            log.exception("mending ended early")

    def _mend_in_turn(self) -> None:
        with lone(self._lock, self._system) as is_ours:
            if not is_ours:
                log.debug("another process mends the store")
                return
            mended = mend_shards(
                self._root, self._store, self._system, lambda: self._stop.wait(_PAUSE_SECONDS)
            )
            if mended != Mended():
                log.warning("mended", **asdict(mended))
