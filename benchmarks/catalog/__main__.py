"""`make bench-catalog`: a catalog of a million datasets, refreshed, listed and searched.

    python -m benchmarks.catalog [--documents N] [--rounds N] [--seconds N] [--output FILE]

A run with a million documents writes its part of docs/benchmarks.md; one with fewer only prints,
unless --output names a file. Ctrl-C ends all that was started and removes all that was made.
"""

import signal
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from cyclopts import App

from benchmarks.bench import tell
from benchmarks.catalog.measuring import Run
from benchmarks.catalog.page import render
from benchmarks.errors import BenchmarkError
from benchmarks.machine import describe_machine
from benchmarks.page import put_part

PAGE = Path(__file__).parents[2] / "docs/benchmarks.md"
MILLION = 1_000_000
LEAST = 2_000
INTERRUPTED = 130
# Of what `make bench` tells of a machine.
OF_MACHINE = ("date", "processor", "cores", "memory", "kernel", "file system", "Python")
OF_SERVICE = ("data-bank", "starlette", "uvicorn", "uvloop", "httptools", "wrk")
STOPS = (signal.SIGINT, signal.SIGTERM)

app = App(
    name="make bench-catalog",
    help="A catalog of a million datasets, on two API workers.",
    suppress_keyboard_interrupt=False,
    result_action="return_value",
)


@app.default
def bench(
    *,
    documents: int = MILLION,
    rounds: int = 3,
    seconds: int = 5,
    folder: Path | None = None,
    output: Path | None = None,
) -> int:
    """Measure, print, and write this part of the page.

    Parameters
    ----------
    documents
        How many datasets there are, 2000 or more.
    rounds
        How often lists and searches are measured.
    seconds
        How long a measurement of them takes.
    folder
        Where the bank lives meanwhile.
    output
        Where the page is, of which this is a part.
    """
    if documents < LEAST:
        sys.stderr.write(f"bench-catalog: --documents is at least {LEAST}\n")
        return 2
    with tempfile.TemporaryDirectory(prefix="bench-", dir=folder) as temporary:
        run = Run(Path(temporary), documents, rounds, seconds)
        known = describe_machine(run.folder)
        machine = {
            name: value for name, value in known.items() if name in {*OF_MACHINE, *OF_SERVICE}
        }
        machine |= {name: version(name) for name in ("tantivy", "rq")}
        try:
            run.measure()
        except BenchmarkError as error:
            tell(f"failed: {error}")
            return 1
    told = render(run.figures, machine, run.amounts, run.notes)
    sys.stdout.write(told)
    page = output or (PAGE if documents == MILLION else None)
    if page is not None:
        page.write_text(put_part(page.read_text() if page.exists() else "", told))
        tell(f"written: {page.name}")
    return 0


def _stop(_number: int, _frame: object) -> None:
    """Once: what ends the servers and removes the files is not to be stopped itself."""
    for asked in STOPS:
        signal.signal(asked, signal.SIG_IGN)
    tell("stopping: ending the bank, removing what it stored")
    raise KeyboardInterrupt


def main() -> int:
    for asked in STOPS:
        signal.signal(asked, _stop)
    try:
        return int(app() or 0)
    except KeyboardInterrupt:
        sys.stderr.write("bench-catalog: interrupted; all is ended and removed\n")
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
