"""The bare script in a process of its own, asked for one measurement after the other."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.errors import BenchmarkError

BareWriter = Callable[[int], float]
HOME = Path(__file__).parents[1]


@contextmanager
def bare_writer(root: Path) -> Iterator[BareWriter]:
    """Gives a function: seconds to files stored a second."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.bare_writes", str(root)],
        cwd=HOME,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    asking, telling = process.stdin, process.stdout
    if asking is None or telling is None:
        raise BenchmarkError("the bare script has no pipes")

    def write(seconds: int) -> float:
        asking.write(f"{seconds}\n")
        asking.flush()
        line = telling.readline()
        if not line:
            raise BenchmarkError("the bare script ended")
        return float(line)

    try:
        yield write
    finally:
        asking.close()  # its end of work
        process.wait()
        telling.close()
