"""Progress bars on stderr, with rate and time left, where somebody sees them."""

import sys
from collections.abc import Generator
from contextlib import contextmanager

from rich import progress
from rich.cells import cell_len, chop_cells
from rich.console import Console
from rich.markup import escape
from rich.table import Column

from data_bank_client.calls.call import Phase, Progress
from data_bank_client.cli.show import printable

NAME_WIDTH = 20  # cells: at 80 columns a bar of a dozen and all numbers find room


@contextmanager
def progress_bar(name: str, *, json: bool) -> Generator[Progress | None]:
    """What a call tells its progress to; None where stderr is no terminal, or for machines."""
    if json or not sys.stderr.isatty():
        yield None
        return
    shown_name = escape(shortened(printable(name)))
    console = Console(stderr=True)
    with progress.Progress(*_columns(), console=console, transient=True, expand=True) as bars:
        task = bars.add_task(shown_name, total=None)
        shown: list[Phase] = []

        def tell(phase: Phase, done: int, total: int | None) -> None:
            if shown != [phase]:
                shown[:] = [phase]
                description = f"{phase} {shown_name}"
                bars.reset(task, total=total, completed=done, description=description)
            bars.update(task, completed=done, total=total)

        yield tell


def shortened(name: str, width: int = NAME_WIDTH) -> str:
    """The name in at most `width` cells: its beginning and its end say more than its middle."""
    if cell_len(name) <= width:
        return name
    half = (width - 1) // 2
    return f"{chop_cells(name, half)[0]}…{chop_cells(name[::-1], half)[0][::-1]}"


def _columns() -> tuple[progress.ProgressColumn, ...]:
    whole = Column(no_wrap=True)
    return (
        progress.TextColumn("{task.description}", table_column=whole.copy()),
        progress.BarColumn(bar_width=None, table_column=Column(ratio=1)),
        progress.DownloadColumn(table_column=whole.copy()),
        progress.TransferSpeedColumn(table_column=whole.copy()),
        progress.TimeRemainingColumn(table_column=whole.copy()),
    )
