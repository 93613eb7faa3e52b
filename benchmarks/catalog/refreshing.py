"""A full refresh, watched: its phases, the worker's memory, and who waited for Redis meanwhile."""

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from benchmarks.bench import tell
from benchmarks.catalog.house import House
from benchmarks.catalog.pinging import Pings, pinging
from benchmarks.catalog.redis_log import is_near, rewritings
from benchmarks.errors import BenchmarkError
from benchmarks.memory import peak_of
from data_bank_client.wire.events import JobProgress
from data_bank_client.wire.jobs import ACTIVE_STATES, JobDetail
from data_bank_client.wire.times import parse_time

CURRENT = "data_bank:catalog:current"
LOOK = 0.5  # seconds between two looks at the memory: a look itself takes time
GONE_SECONDS = 300.0
BEFORE_FLIP = 0.5  # seconds
SAY = 10.0  # seconds between two words about how far it is
# What the job says in each phase.
CRAWLED, SEALED, INDEXED = "listing", "packed", "search index"

# Done until the event is set.
Beside = Callable[[threading.Event], None]


def nothing(_: threading.Event) -> None:
    """Nothing is done beside it."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """Times in seconds, memory in bytes at its highest, waits in milliseconds.

    `flip`: the longest wait from the flip on, until the generation before is gone; `log`: the
    longest of those near the `rewritings` of the log of Redis, which are in none of the others.
    """

    seconds: float
    phases: Mapping[str, float]
    peak: int
    pings: Pings
    longest: float
    flip: float
    log: float
    rewritings: int


def refresh(house: House, datasets: int, beside: Beside = nothing) -> Refreshed:
    """Refresh it whole; `beside` is done until it is over. Raises BenchmarkError if it fails."""
    before, begun = house.cache.get(CURRENT), time.time()
    with first(house.redis), pinging(house.socket, CURRENT) as ping:
        job_id = _under_way(house) or house.client.refresh_catalog(full=True)["job_id"]
        steps: list[JobProgress] = []
        peak = peak_of(house.worker, lambda: _watch(house, job_id, steps, beside), every=LOOK)
        _wait_until_gone(house, before)
    end, job = time.time(), house.client.get_job(job_id)
    _check(house, job, datasets)
    flips = [at for at in ping.seen.changes if begun <= at <= end]
    moments = [at for at in rewritings(_log(house)) if begun <= at <= end]
    seen = ping.seen.apart_from(moments)
    return Refreshed(
        seconds=_seconds(job["started_at"], job["finished_at"]),
        phases=_phases(job, steps),
        peak=peak,
        pings=ping.seen,
        longest=seen.longest(begun, end) * 1000,
        flip=seen.longest(flips[-1] - BEFORE_FLIP, end) * 1000 if flips else 0.0,
        log=max((each.seconds for each in ping.seen.waits if is_near(each.at, moments)), default=0)
        * 1000,
        rewritings=len({round(each / 10) for each in moments}),
    )


@contextmanager
def first(pid: int) -> Iterator[None]:
    """This process goes before all others, where the system lets it.

    So what it does itself is measured, and not who else wants the cores.
    """
    with suppress(OSError):
        os.sched_setscheduler(pid, os.SCHED_FIFO, os.sched_param(1))
    try:
        yield
    finally:
        with suppress(OSError):
            os.sched_setscheduler(pid, os.SCHED_OTHER, os.sched_param(0))


def _log(house: House) -> str:
    return (house.socket.parent / "log").read_text(errors="replace")


def _under_way(house: House) -> str | None:
    """An empty catalog asks for its first refresh itself."""
    found = house.client.list_jobs(kind="catalog.refresh", state=ACTIVE_STATES)["items"]
    return found[0]["job_id"] if found else None


def _watch(house: House, job_id: str, steps: list[JobProgress], beside: Beside) -> None:
    """Until the job has ended, and what is done beside it."""
    is_over = threading.Event()
    other = threading.Thread(target=beside, args=(is_over,))
    other.start()
    told = time.monotonic()
    try:
        for seen in house.client.watch_job(job_id):
            if isinstance(seen, JobProgress):
                steps.append(seen)
            if isinstance(seen, JobProgress) and time.monotonic() - told > SAY:
                told = time.monotonic()
                tell(f"{seen.progress:.0f} %, {seen.message}")
    finally:
        is_over.set()
        other.join()


def _wait_until_gone(house: House, generation: object) -> None:
    """The keys of the generation before, which are removed after the flip."""
    if not isinstance(generation, bytes):
        return
    pattern, deadline = (
        f"data_bank:catalog:{generation.decode()}:*",
        time.monotonic() + GONE_SECONDS,
    )
    while list(house.cache.scan_iter(pattern, count=1000)):
        if time.monotonic() > deadline:
            raise BenchmarkError("the generation before is still there")
        time.sleep(0.2)


def _check(house: House, job: JobDetail, datasets: int) -> None:
    if job["state"] != "success":
        raise BenchmarkError(f"the refresh ended as {job['state']}: {job['error']}")
    total = house.client.catalog_status()["total_items"]
    if total != datasets:
        raise BenchmarkError(f"the catalog has {total} datasets, and not {datasets}")


def _phases(job: JobDetail, steps: list[JobProgress]) -> dict[str, float]:
    """Seconds of each, from the last word of the one before to its own last word."""
    before, found = job["started_at"], {}
    for phase in (CRAWLED, SEALED, INDEXED):
        said = [each.at for each in steps if phase in str(each.message)]
        if said and before is not None:
            found[phase] = _seconds(before, said[-1])
            before = said[-1]
    return found


def _seconds(start: str | None, end: str | None) -> float:
    if start is None or end is None:
        return 0.0
    return (parse_time(end) - parse_time(start)).total_seconds()
