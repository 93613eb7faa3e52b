"""What a child takes is looked at while it works; who takes more than it may is ended.

| what | how it is seen |
| --- | --- |
| time | by the clock |
| disk | all that lies in its folder, as one sum |
| memory | what is resident and its own, where there is /proc; child.py sets a limit of the system |
"""

import os
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from data_bank_api.reports.limits import MIB, Limits

_EVERY = 0.25  # seconds
_BESIDE = 256 * MIB  # what a child holds beside the memory that DuckDB counts
_BLOCK = 512  # bytes, of st_blocks


class Watch:
    """`excess` says why the process was ended, if it was by this."""

    def __init__(self, process: "subprocess.Popen[bytes]", folder: Path, limits: Limits) -> None:
        self.excess: str | None = None
        self._process, self._folder, self._limits = process, folder, limits
        self._until = time.monotonic() + limits.seconds
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_over.set()
        self._thread.join()

    def _watch(self) -> None:
        while self.excess is None and not self._is_over.wait(_EVERY):
            self.excess = self._found()
            if self.excess is not None:
                self._process.kill()

    def _found(self) -> str | None:
        if time.monotonic() > self._until:
            return f"a report of it takes more than {self._limits.seconds:g} seconds"
        is_large = memory_of(self._process.pid) > self._limits.memory + _BESIDE
        if is_large or disk_of(self._folder) > self._limits.disk:
            return self._limits.of_room()
        return None


def disk_of(folder: Path) -> int:
    """Bytes of all files in it; those that are gone meanwhile count nothing."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                total += Path(parent, name).lstat().st_blocks * _BLOCK
    return total


def memory_of(pid: int) -> int:
    """Bytes that are its own; 0 where it is gone, or the system does not say."""
    try:
        _, resident, shared, *_ = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0
    return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE")
