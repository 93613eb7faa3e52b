"""A watched job as a bar on stderr, where somebody sees it, or as lines on stdout."""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich import progress
from rich.console import Console
from rich.markup import escape
from rich.table import Column

from data_bank_client.cli.bars import shortened
from data_bank_client.cli.job_lines import note, percent, short_time
from data_bank_client.cli.show import printable
from data_bank_client.wire.jobs import JobDetail

# Told a job as it is, and since when: RFC 3339.
Tell = Callable[[JobDetail, str], None]


@contextmanager
def job_bar() -> Generator[Tell]:
    """What the steps of a job are told to."""
    if not sys.stderr.isatty():
        yield _Lines().tell
        return
    console = Console(stderr=True)
    with progress.Progress(*_columns(), console=console, transient=True, expand=True) as bars:
        task = bars.add_task("", total=100.0, note="")

        def tell(job: JobDetail, _at: str) -> None:
            name = escape(shortened(printable(job["kind"])))
            said = escape(shortened(printable(note(job))))
            description = f"{name} {job['state']}"
            bars.update(task, completed=job["progress"], description=description, note=said)

        yield tell


class _Lines:
    """A line for every step that says something new."""

    def __init__(self) -> None:
        self._last = ""

    def tell(self, job: JobDetail, at: str) -> None:
        said = f"{job['state']:<9}  {percent(job['progress'])}  {note(job)}".rstrip()
        if said != self._last:
            self._last = said
            print(printable(f"{short_time(at)}  {said}"), flush=True)


def _columns() -> tuple[progress.ProgressColumn, ...]:
    whole = Column(no_wrap=True)
    return (
        progress.TextColumn("{task.description}", table_column=whole.copy()),
        progress.BarColumn(bar_width=None, table_column=Column(ratio=1)),
        progress.TaskProgressColumn(table_column=whole.copy()),
        progress.TextColumn("{task.fields[note]}", table_column=whole.copy()),
        progress.TimeRemainingColumn(table_column=whole.copy()),
    )
