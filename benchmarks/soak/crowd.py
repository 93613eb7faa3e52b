"""Two hundred clients slow with heads, two hundred slow with bodies, two hundred that never read.

Meanwhile a user asks for a small file and for `/healthz`. Promised: no error, a p99 within twice
what it was before (or within 4 ms), and afterwards memory, descriptors and threads as they were
after a first crowd, which starts what is started on demand.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from benchmarks.soak.census import MIB, Census, count, count_until
from benchmarks.soak.probe import Timings, probe
from tests.running_bank import READ_KEY, UPLOAD_KEY, RunningBank, running, until

LARGE = 100_000_000
BACK_SECONDS = 15.0
SECONDS = 20.0
# What an allocator may keep without leaking.
SPARE_BYTES = 16 * MIB
# Descriptors that the first of a kind opens, and that stay.
ON_DEMAND = 10
# Below it the pauses of the machine itself decide.
LEAST_P99 = 0.002


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many come of each kind, the seconds of each measurement, and of the wait after one."""

    each: int = 200
    seconds: float = SECONDS
    settling: float = BACK_SECONDS


@dataclass(frozen=True, slots=True)
class Outcome:
    idle: Timings
    meanwhile: Timings
    before: Census
    during: Census
    after: Census

    @property
    def is_quick(self) -> bool:
        return self.meanwhile.p99 <= 2 * max(self.idle.p99, LEAST_P99)

    @property
    def has_recovered(self) -> bool:
        return is_back(self.before, self.after)

    def __str__(self) -> str:
        return (
            f"p99 {self.idle.p99 * 1000:.1f} ms idle, "
            f"{self.meanwhile.p99 * 1000:.1f} ms meanwhile; "
            f"before {self.before}; during {self.during}; after {self.after}"
        )


def is_back(before: Census, after: Census) -> bool:
    return (
        after.memory <= before.memory + SPARE_BYTES
        and after.descriptors <= before.descriptors
        and after.threads <= before.threads
    )


def seconds_from_now(seconds: float) -> Callable[[], bool]:
    deadline = time.monotonic() + seconds
    return lambda: time.monotonic() > deadline


@contextmanager
def attack(bank: RunningBank, file_id: str, each: int) -> Iterator[None]:
    """From when most of them are there, however long that takes, until they are sent away."""
    pid = bank.process.pid
    most = count(pid).descriptors + 2 * each
    url = httpx2.URL(bank.address)
    members = [sys.executable, "-m", "benchmarks.soak.crowd_members", url.host, str(url.port)]
    process = subprocess.Popen([*members, UPLOAD_KEY, READ_KEY, file_id, *[str(each)] * 3])
    try:
        until(lambda: count(pid).descriptors >= most)
        yield
    finally:
        process.kill()
        process.wait()


def withstand(bank: RunningBank, crowd: Crowd) -> Outcome:
    """Let the crowd come twice: the first time starts what is started on demand."""
    content = bytes(range(256)) * 16
    small, large = bank.put(content), bank.put(bytes(LARGE))
    requests = (
        (
            f"GET /files/{small} HTTP/1.1\r\nHost: x\r\nX-API-Key: {READ_KEY}\r\n\r\n".encode(),
            content[-20:],
        ),
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", b'"ok"}\n'),
    )
    calm = count(bank.process.pid).descriptors + ON_DEMAND
    with attack(bank, large, crowd.each):
        time.sleep(crowd.seconds / 2)
    time.sleep(crowd.settling)
    before = count_until(bank.process.pid, lambda found: found.descriptors <= calm, BACK_SECONDS)
    idle = probe(bank.connect, requests, seconds_from_now(crowd.seconds))
    with attack(bank, large, crowd.each):
        meanwhile = probe(bank.connect, requests, seconds_from_now(crowd.seconds))
        during = count(bank.process.pid)
    after = count_until(bank.process.pid, lambda found: is_back(before, found), BACK_SECONDS)
    return Outcome(idle, meanwhile, before, during, after)


def run(say: Callable[[str], None], seconds: float) -> bool:
    """On each server. Whether all went well."""
    is_well = True
    for server, workers in (("uvicorn", "1"), ("uvicorn", "2"), ("hypercorn", "1")):
        with (
            tempfile.TemporaryDirectory() as folder,
            running(Path(folder), server, WORKERS=workers) as bank,
        ):
            outcome = withstand(bank, Crowd(seconds=seconds))
        is_good = outcome.is_quick and outcome.has_recovered
        say(f"{server}, {workers} workers: {'ok' if is_good else 'FAILED'}: {outcome}")
        is_well = is_well and is_good
    return is_well
