"""A bar on stderr for a walk over the store, where somebody sees it.

Digests are spread evenly: the one that was reached tells how much of the store lies behind it.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich import progress
from rich.console import Console
from rich.filesize import decimal

from data_bank_api.blobs.disk.pace import Pace
from data_bank_client.wire.digest import Digest


def part_before(digest: Digest) -> float:
    """How much of all digests, 0 to 1, lies before this one."""
    return int(digest.hex[:8], 16) / 0x1_0000_0000


class WalkBar(Protocol):
    def pass_by(self, digest: Digest) -> None: ...

    def add(self, size: int) -> None:
        """So many more bytes were read."""
        ...


class NoBar:
    def pass_by(self, digest: Digest) -> None:
        """Nobody looks."""

    def add(self, size: int) -> None:
        """Nobody looks."""


class TerminalBar:
    def __init__(self, bars: progress.Progress) -> None:
        self._bars = bars
        self._task = bars.add_task("", total=1.0, read=decimal(0))
        self._size = 0

    def pass_by(self, digest: Digest) -> None:
        self._bars.update(
            self._task, completed=part_before(digest), description=f"{digest.hex[:8]}…"
        )

    def add(self, size: int) -> None:
        self._size += size
        self._bars.update(self._task, read=decimal(self._size))


class ToldPace:
    """A pace that tells a bar what it lets through."""

    def __init__(self, pace: Pace, bar: WalkBar) -> None:
        self._pace = pace
        self._bar = bar

    def take(self, size: int) -> None:
        self._bar.add(size)
        self._pace.take(size)


@contextmanager
def walk_bar(*, json: bool) -> Iterator[WalkBar]:
    """One that is seen where stderr is a terminal, and not for machines."""
    if json or not sys.stderr.isatty():
        yield NoBar()
        return
    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(bar_width=None),
        progress.TaskProgressColumn(),
        progress.TextColumn("{task.fields[read]}"),
        progress.TimeRemainingColumn(),
    )
    with progress.Progress(
        *columns,
        console=Console(stderr=True),
        transient=True,
        expand=True,
        redirect_stdout=sys.stdout.isatty(),  # or what is piped away would go to the terminal
    ) as bars:
        yield TerminalBar(bars)
