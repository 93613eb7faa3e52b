"""A watched job as a bar on stderr, where somebody sees it, or as lines on stdout."""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime

from rich import progress
from rich.console import Console
from rich.markup import escape
from rich.table import Column

from data_bank_client.cli.bars import shortened
from data_bank_client.cli.job_lines import note, percent, short_time
from data_bank_client.cli.show import printable
from data_bank_client.wire.jobs import JobDetail
from data_bank_client.wire.times import format_time

NOTE_WIDTH = 30  # cells: at 80 columns a bar finds room beside it

# Told a job as it is, and when it was so: RFC 3339, None for now.
Tell = Callable[[JobDetail, str | None], None]


@contextmanager
def job_bar() -> Generator[Tell]:
    """What the steps of a job are told to."""
    if not sys.stderr.isatty():
        yield _Lines().tell
        return
    console = Console(stderr=True)
    with progress.Progress(*_columns(), console=console, transient=True, expand=True) as bars:
        task = bars.add_task("", total=100.0, note="")

        def tell(job: JobDetail, _at: str | None) -> None:
            name = escape(shortened(printable(job["kind"])))
            said = escape(shortened(printable(note(job)), NOTE_WIDTH))
            description = f"{name} {job['state']}"
            bars.update(task, completed=job["progress"], description=description, note=said)

        yield tell


class _Lines:
    """A line for every step that says something new."""

    def __init__(self) -> None:
        self._last = ""

    def tell(self, job: JobDetail, at: str | None) -> None:
        said = f"{job['state']:<9}  {percent(job['progress'])}  {note(job)}".rstrip()
        if said != self._last:
            self._last = said
            when = short_time(at or format_time(datetime.now(UTC)))
            print(printable(f"{when}  {said}"), flush=True)


def _columns() -> tuple[progress.ProgressColumn, ...]:
    whole = Column(no_wrap=True)
    return (
        progress.TextColumn("{task.description}", table_column=whole.copy()),
        progress.BarColumn(bar_width=None, table_column=Column(ratio=1)),
        progress.TaskProgressColumn(table_column=whole.copy()),
        progress.TextColumn("{task.fields[note]}", table_column=whole.copy()),
        progress.TimeRemainingColumn(table_column=whole.copy()),
    )
