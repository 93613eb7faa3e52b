"""`make bench-reports`: reports of a gigabyte beside SQL written by hand, and of 13 MB beside
ydata-profiling.

    python -m benchmarks.reports [--size BYTES] [--rounds N] [--folder DIR] [--output FILE]

A run of a gigabyte writes its part of docs/benchmarks.md; one of less only prints, unless --output
names a file. Ctrl-C ends what was started and removes what was made.
"""

import signal
import sys
import tempfile
from pathlib import Path

from cyclopts import App

from benchmarks.bench import tell
from benchmarks.errors import BenchmarkError
from benchmarks.machine import describe_machine
from benchmarks.page import put_part
from benchmarks.reports.measuring import Run
from benchmarks.reports.page import render

PAGE = Path(__file__).parents[2] / "docs/benchmarks.md"
GIGABYTE = 1_000_000_000
LEAST = 1_000_000
INTERRUPTED = 130
OF_MACHINE = ("date", "processor", "cores", "memory", "kernel", "file system", "Python")

app = App(
    name="make bench-reports",
    help="Reports beside SQL written by hand and ydata-profiling.",
    suppress_keyboard_interrupt=False,
    result_action="return_value",
)


@app.default
def bench(
    *,
    size: int = GIGABYTE,
    rounds: int = 3,
    folder: Path | None = None,
    output: Path | None = None,
) -> int:
    """Measure, print, and write this part of the page.

    Parameters
    ----------
    size
        Of each file, in bytes; a million or more.
    rounds
        How often each is measured.
    folder
        Where the files are made: several times their size is needed.
    output
        Where the page is, of which this is a part.
    """
    if size < LEAST:
        sys.stderr.write(f"bench-reports: --size is at least {LEAST}\n")
        return 2
    with tempfile.TemporaryDirectory(prefix="bench-", dir=folder) as temporary:
        run = Run(Path(temporary), size, rounds)
        known = describe_machine(run.folder)
        try:
            run.measure()
        except BenchmarkError as error:
            tell(f"failed: {error}")
            return 1
    machine = {name: known[name] for name in OF_MACHINE} | run.versions
    told = render(run.figures, machine, run.amounts, run.notes)
    sys.stdout.write(told)
    page = output or (PAGE if size == GIGABYTE else None)
    if page is not None:
        page.write_text(put_part(page.read_text() if page.exists() else "", told))
        tell(f"written: {page.name}")
    return 0


def _stop(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def main() -> int:
    signal.signal(signal.SIGTERM, _stop)
    try:
        return int(app() or 0)
    except KeyboardInterrupt:
        sys.stderr.write("bench-reports: interrupted; all is ended and removed\n")
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
