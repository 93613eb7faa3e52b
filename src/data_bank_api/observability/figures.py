"""Where the numbers of the metrics are kept and read: the adapter to prometheus_client.

    OwnFigures      in this process, which tells its own alone
    SharedFigures   in files of one folder, a few for each worker; any worker tells the sum of all

The library chooses between the two for the whole process, by a class that its metrics look up
when they are made. So the figures are made first, and once in a process.
"""

import os
import struct
from collections.abc import Container, Iterable, Mapping
from pathlib import Path
from typing import Protocol

import structlog
from prometheus_client import CollectorRegistry, values
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector

from data_bank_api.observability.slots import living, take_slot

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

# What the library raises for a file that is not what it wrote, or is gone.
_UNREADABLE = (
    OSError,
    RuntimeError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    struct.error,
)


class Figures(Protocol):
    """The numbers so far."""

    @property
    def registry(self) -> CollectorRegistry | None:
        """Where metrics are to be registered when they are made, if anywhere."""
        ...

    def collect(self) -> Iterable[Metric]: ...

    def workers(self) -> Mapping[int, int]:
        """The processes whose numbers these are: number and process id."""
        ...


class OwnFigures:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.collect = self.registry.collect

    def workers(self) -> Mapping[int, int]:
        return {0: os.getpid()}


class SharedFigures:
    """What a dead worker counted stays counted; what it had under way is forgotten."""

    registry = None  # the files are read instead

    def __init__(self, folder: Path) -> None:
        """Raises OSError where the folder cannot be used."""
        self._folder = folder
        self._slot = take_slot(folder)
        for path in folder.glob(f"*_{self._slot.number}.db"):
            if not _is_readable(str(path)):
                path.unlink()
        os.environ[FOLDER_VARIABLE] = str(folder)
        values.ValueClass = values.MultiProcessValue(lambda: self._slot.number)

    def collect(self) -> Iterable[Metric]:
        alive = self.workers()
        files = [str(path) for path in self._folder.glob("*.db") if _counts(path, alive)]
        try:
            return _merge(files)
        except _UNREADABLE:
            return _merge([file for file in files if _is_readable(file)])

    def workers(self) -> Mapping[int, int]:
        return living(self._folder)


def _counts(path: Path, alive: Container[int]) -> bool:
    """Whether a file still says something: `gauge_livesum_3.db` does while worker 3 lives."""
    number = path.stem.rpartition("_")[2]
    return not path.name.startswith("gauge_live") or int(number) in alive


def _merge(files: list[str]) -> list[Metric]:
    return list(MultiProcessCollector.merge(files))


def _is_readable(file: str) -> bool:
    try:
        _merge([file])
    except _UNREADABLE as error:
        log.warning("figures left out", file=Path(file).name, error=str(error))
        return False
    return True
