"""A Python module run in a process of its own: how long it takes, and what it holds at most."""

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.errors import BenchmarkError

_LONGEST = 3600  # seconds
# The last line of what it writes to stderr, of itself and of its children together: the KiB of its
# peak and of the largest child's, and the seconds that the processor worked. Its own peak is asked
# of /proc: what getrusage has counts the process that started it, too, before it was a program.
_MEASURED = """
import resource, runpy, sys
sys.argv = sys.argv[1:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
with open("/proc/self/status") as told:
    peak = next(int(line.split()[1]) for line in told if line.startswith("VmHWM:"))
used = sum(each.ru_utime + each.ru_stime for each in both)
sys.stderr.write(f"\\n{peak + both[1].ru_maxrss} {used}")
sys.stderr.flush()
"""


@dataclass(frozen=True, slots=True)
class Ran:
    seconds: float
    processor: float  # seconds
    megabytes: float
    said: bytes


def ran(module: str, arguments: Sequence[str]) -> Ran:
    """Raises BenchmarkError where it fails."""
    begun = time.monotonic()
    run = subprocess.run(
        [sys.executable, "-c", _MEASURED, module, *arguments],
        capture_output=True,
        check=False,
        timeout=_LONGEST,
    )
    seconds = time.monotonic() - begun
    if run.returncode:
        raise BenchmarkError(f"{module} failed: {run.stderr.decode(errors='replace')[-2000:]}")
    peak, used = map(float, run.stderr.rpartition(b"\n")[2].split())
    return Ran(seconds, used, peak * 1024 / 1e6, run.stdout)
