"""Another client of Redis, which asks for one key every millisecond and tells how long it waited.

    python -m benchmarks.catalog.pinging SOCKET KEY

A process of its own, which goes before others where the system lets it. Ended by SIGTERM it says
in one line of JSON which waits were long, when the key changed, and how late it was itself: what is
not more than that says nothing of Redis.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
import redis

from benchmarks.catalog.redis_log import is_near

PAUSE = 0.001
LONG = 0.002
PATIENCE = 30.0


class Wait(msgspec.Struct, frozen=True):
    """When it began, by the clock of the machine, and how long it was, in seconds."""

    at: float
    seconds: float


class Pings(msgspec.Struct):
    """`late`: the longest time that a pause of a millisecond took beyond that."""

    count: int = 0
    late: float = 0.0
    waits: list[Wait] = []
    changes: list[float] = []

    def apart_from(self, moments: Sequence[float]) -> "Pings":
        """Without the waits near these."""
        kept = [each for each in self.waits if not is_near(each.at, moments)]
        return Pings(self.count, self.late, kept, self.changes)

    def longest(self, begin: float, end: float) -> float:
        """In seconds; 0 where none was longer than LONG."""
        return max((each.seconds for each in self.waits if begin <= each.at <= end), default=0.0)


def ping_until(is_over: threading.Event, client: "redis.Redis", key: str) -> Pings:
    """What was seen until then."""
    seen, last = Pings(), client.get(key)
    while not is_over.is_set():
        begun, clock = time.time(), time.monotonic()
        value = client.get(key)
        took = time.monotonic() - clock
        seen.count += 1
        if took > LONG:
            seen.waits.append(Wait(begun, took))
        if value != last:
            seen.changes.append(begun)
            last = value
        clock = time.monotonic()
        is_over.wait(PAUSE)
        seen.late = max(seen.late, time.monotonic() - clock - PAUSE)
    return seen


class Pinging:
    """One that runs; `seen` is there when it has ended."""

    def __init__(self) -> None:
        self.seen = Pings()


@contextmanager
def pinging(socket: Path, key: str) -> Iterator[Pinging]:
    command = [sys.executable, "-m", "benchmarks.catalog.pinging", str(socket), key]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    found = Pinging()
    try:
        yield found
    finally:
        process.send_signal(signal.SIGTERM)
        told, _ = process.communicate(timeout=PATIENCE)
    found.seen = msgspec.json.decode(told, type=Pings)


def main(socket: str, key: str) -> None:
    with suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    is_over = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: is_over.set())
    with redis.Redis(unix_socket_path=socket) as client:
        sys.stdout.buffer.write(msgspec.json.encode(ping_until(is_over, client, key)))


if __name__ == "__main__":
    main(*sys.argv[1:])
