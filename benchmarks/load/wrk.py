"""wrk: small requests on 16 connections, by a script of its own for each kind of work."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from benchmarks.errors import BenchmarkError
from benchmarks.options import CONNECTIONS

SCRIPTS = Path(__file__).parent
THREADS = 2
_SIGN = "RESULT "


class Outcome(msgspec.Struct, frozen=True):
    """What a run of wrk did: `refused` had a status of 400 or more, `broken` no whole answer."""

    requests: int
    stored: int
    microseconds: int
    refused: int
    broken: int

    def per_second(self, count: int) -> float:
        return count * 1_000_000 / self.microseconds


def parse_outcome(printed: str) -> Outcome:
    """Raises BenchmarkError for a run that did not end well or had errors."""
    lines = [line for line in printed.splitlines() if line.startswith(_SIGN)]
    if not lines:
        raise BenchmarkError(f"wrk said nothing of its result: {printed[-500:]}")
    outcome = msgspec.json.decode(lines[-1].removeprefix(_SIGN), type=Outcome)
    if outcome.refused or outcome.broken or not outcome.requests:
        raise BenchmarkError(f"wrk had errors: {outcome}")
    return outcome


def run_wrk(
    address: str, script: str, arguments: Sequence[str], headers: Mapping[str, str], seconds: int
) -> Outcome:
    """Raises BenchmarkError."""
    wrk = shutil.which("wrk")
    if wrk is None:
        raise BenchmarkError("wrk is missing")
    fields = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    command = [wrk, f"-t{THREADS}", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s"]
    command += [*fields, "-s", str(SCRIPTS / script), address, "--", *arguments]
    environment = {**os.environ, "LUA_PATH": f"{SCRIPTS}/?.lua;;"}
    run = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=seconds + 60
    )
    return parse_outcome(run.stdout + run.stderr)
