"""Where the numbers of the metrics are kept and read: the adapter to prometheus_client.

    OwnFigures      in this process, which tells its own alone
    SharedFigures   in files of one folder, a few for each worker; any worker tells the sum of all

The library chooses between the two for the whole process, by a class that its metrics look up
when they are made. So the figures are made first, and once in a process.
"""

import os
import re
import struct
import sys
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import structlog
from prometheus_client import CollectorRegistry, values
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector

from data_bank_api.observability.slots import living, take_slot

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

_NAME = re.compile(r"(counter|histogram|gauge_livesum)_([0-9]+)\.db")

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
        for file in self._files():
            if file.number == self._slot.number and not file.is_readable():
                file.path.unlink()
        os.environ[FOLDER_VARIABLE] = str(folder)
        values.ValueClass = values.MultiProcessValue(lambda: self._slot.number)

    def collect(self) -> Iterable[Metric]:
        alive = self.workers()
        return _merge([file for file in self._files() if file.counts(alive) and file.is_readable()])

    def workers(self) -> Mapping[int, int]:
        return living(self._folder)

    def _files(self) -> Iterable["_File"]:
        for path in sorted(self._folder.glob("*.db")):
            named = _NAME.fullmatch(path.name)
            if named is not None:
                yield _File(path, int(named[2]), is_lasting=named[1] != "gauge_livesum")


@dataclass(frozen=True, slots=True)
class _File:
    """The figures of one worker, of one kind."""

    path: Path
    number: int
    is_lasting: bool

    def counts(self, alive: Container[int]) -> bool:
        """Whether it still says something: what was under way ended with its worker."""
        return self.is_lasting or self.number in alive

    def is_readable(self) -> bool:
        try:
            _look_at_head(self.path)
            _merge([self])
        except _UNREADABLE as error:
            log.warning("figures left out", file=self.path.name, error=str(error))
            return False
        return True


def _look_at_head(path: Path) -> None:
    """Raises ValueError. Where the head is nonsense the library may find a file to be empty."""
    with path.open("rb") as file:
        used = int.from_bytes(file.read(4), sys.byteorder, signed=True)
    if not 0 <= used <= path.stat().st_size:
        raise ValueError(f"{used} bytes cannot be in use")


def _merge(files: Iterable[_File]) -> list[Metric]:
    return list(MultiProcessCollector.merge([str(file.path) for file in files]))
