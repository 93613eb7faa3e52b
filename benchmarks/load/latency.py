"""How long small answers take: wrk, with few connections that each wait for their answer."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from benchmarks import tools
from benchmarks.errors import BenchmarkError

SCRIPT = Path(__file__).with_name("latency.lua")
_SIGN = "LATENCY "


class Latency(msgspec.Struct, frozen=True):
    """Times are in microseconds; `errors` are answers of 400 and more, or none."""

    requests: int
    microseconds: int
    p50: int
    p99: int
    longest: int
    errors: int

    @property
    def per_second(self) -> float:
        return self.requests * 1_000_000 / self.microseconds


def parse_latency(printed: str) -> Latency:
    """Raises BenchmarkError for a run that did not end well or had errors."""
    lines = [line for line in printed.splitlines() if line.startswith(_SIGN)]
    if not lines:
        raise BenchmarkError(f"wrk said nothing of its result: {printed[-500:]}")
    found = msgspec.json.decode(lines[-1].removeprefix(_SIGN), type=Latency)
    if found.errors or not found.requests:
        raise BenchmarkError(f"wrk had errors: {found}")
    return found


def measure_latency(
    address: str,
    paths: Sequence[str],
    file: Path,
    headers: Mapping[str, str],
    *,
    seconds: int,
    connections: int,
) -> Latency:
    """Of these paths in random order, which are written to `file`. Raises BenchmarkError."""
    file.write_text("".join(f"{path}\n" for path in paths))
    fields = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    command = [tools.find("wrk"), "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s"]
    command += [*fields, "-s", str(SCRIPT), address, "--", str(file)]
    run = subprocess.run(
        command, env=os.environ, capture_output=True, text=True, check=False, timeout=seconds + 60
    )
    return parse_latency(run.stdout + run.stderr)
