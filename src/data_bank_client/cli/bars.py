"""Progress bars on stderr, with rate and time left, where somebody sees them."""

import sys
from collections.abc import Generator
from contextlib import contextmanager

from rich import progress
from rich.console import Console
from rich.markup import escape

from data_bank_client.calls.call import Phase, Progress
from data_bank_client.cli.show import printable


@contextmanager
def progress_bar(name: str, *, json: bool) -> Generator[Progress | None]:
    """What a call tells its progress to; None where stderr is no terminal, or for machines."""
    if json or not sys.stderr.isatty():
        yield None
        return
    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.DownloadColumn(),
        progress.TransferSpeedColumn(),
        progress.TimeRemainingColumn(),
    )
    with progress.Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(escape(printable(name)), total=None)
        shown: list[Phase] = []

        def tell(phase: Phase, done: int, total: int | None) -> None:
            if shown != [phase]:
                shown[:] = [phase]
                description = f"{phase} {escape(printable(name))}"
                bars.reset(task, total=total, completed=done, description=description)
            bars.update(task, completed=done, total=total)

        yield tell
