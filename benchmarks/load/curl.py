"""curl: large files, one at a time, in seconds."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from benchmarks.errors import BenchmarkError

LONGEST = 600  # seconds that one file may take


def curl_command(address: str, headers: Mapping[str, str], *options: str) -> list[str]:
    # Without Expect nobody waits for the other before the body.
    fields = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    told = "%{http_code} %{size_download} %{size_upload} %{time_total}"
    return ["curl", "-sS", "-w", told, "-H", "Expect:", *fields, *options, address]


def parse_told(printed: str, wanted_bytes: int) -> float:
    """The seconds. Raises BenchmarkError for another status or size than were to be."""
    try:
        status, fetched, sent, seconds = printed.split()[-4:]
    except ValueError as error:
        raise BenchmarkError(f"curl said: {printed[-500:]}") from error
    if status not in {"200", "201", "204"} or wanted_bytes not in (int(fetched), int(sent)):
        raise BenchmarkError(f"curl: status {status}, {fetched} bytes fetched, {sent} sent")
    return float(seconds)


def _run(command: list[str], size: int) -> float:
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LONGEST)
    return parse_told(run.stderr + run.stdout, size)


def fetch(address: str, headers: Mapping[str, str], target: Path, size: int) -> float:
    return _run(curl_command(address, headers, "-o", str(target)), size)


def fetch_redirected(address: str, target: Path, size: int) -> float:
    return _run(curl_command(address, {}, "-L", "-o", str(target)), size)


def send(address: str, headers: Mapping[str, str], source: Path, size: int) -> float:
    return _run(curl_command(address, headers, "-o", "/dev/null", "-T", str(source)), size)
