"""Who is there to work, and what events were told, as Redis knows it: for Prometheus.

    rq:workers:data_bank      the workers' keys; each is a hash that lives on by heartbeats
    databank:dispatcher       is there while a dispatcher works
    databank:events:log       the stream of events, which counts what was ever added to it

That a heartbeat is old is told by how long its worker's key has still to live: by Redis' clock.
"""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from typing import Annotated

import msgspec
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric

from data_bank_api.broker.connect import connect
from data_bank_api.broker.failures import redis_errors
from data_bank_api.events.stream import LOG
from data_bank_api.jobs.dispatcher_lock import DISPATCHER_LOCK
from data_bank_client.wire.jobs import QUEUE

# Workers that are listed: who reaches Redis can write there what he likes.
MOST = 1000
_BUSY, _IDLE = "busy", "idle"
_LOOK = """
local workers = {}
for _, key in ipairs(redis.call('SSCAN', KEYS[1], 0, 'COUNT', ARGV[1])[2]) do
    local state = redis.pcall('HGET', key, 'state') or ''
    local left = redis.call('TTL', key)
    if type(state) == 'string' and left >= 0 then
        workers[#workers + 1] = {state, left}
    end
end
local added, kept = -1, 0
local stream = redis.pcall('XINFO', 'STREAM', KEYS[3])
for at = 1, #stream, 2 do
    if stream[at] == 'entries-added' then added = stream[at + 1] end
    if stream[at] == 'length' then kept = stream[at + 1] end
end
return {workers, redis.call('EXISTS', KEYS[2]), added, kept}
"""
# What a worker's key has to live after a heartbeat; it beats each 5 s, and each 30 s in a job.
HEARTBEAT_TTL = 80
ALIVE_SECONDS = 45


@dataclass(frozen=True, slots=True)
class Worker:
    """`heartbeat_age` in seconds."""

    is_busy: bool
    heartbeat_age: int

    @property
    def is_alive(self) -> bool:
        return self.heartbeat_age <= ALIVE_SECONDS


@dataclass(frozen=True, slots=True)
class Attendance:
    """`published`: events that were ever told; None where Redis does not count them."""

    workers: tuple[Worker, ...]
    is_dispatching: bool
    published: int | None
    kept: int


_Count = Annotated[int, msgspec.Meta(ge=0)]
_Told = tuple[list[tuple[bytes, _Count]], int, int, _Count]


def look_around(redis_url: str) -> Attendance:
    """Raises ServiceUnavailableError, within some seconds, where Redis is away."""
    keys = (f"rq:workers:{QUEUE}", DISPATCHER_LOCK, LOG)
    with redis_errors(), closing(connect(redis_url, retries=0)) as connection:
        found = connection.eval(_LOOK, len(keys), *keys, str(MOST))
    listed, dispatching, added, kept = msgspec.convert(found, _Told)
    workers = tuple(
        Worker(state == _BUSY.encode(), max(0, HEARTBEAT_TTL - left)) for state, left in listed
    )
    return Attendance(workers, bool(dispatching), None if added < 0 else added, kept)


@dataclass(frozen=True, slots=True)
class AttendanceMetrics:
    """`seen` is None where Redis did not tell, or not in time."""

    seen: Attendance | None

    def collect(self) -> Iterable[Metric]:
        is_up = int(self.seen is not None)
        yield GaugeMetricFamily("databank_redis_up", "1 where Redis answered.", is_up)
        if self.seen is not None:
            yield from _of_workers(self.seen)
            yield from _of_events(self.seen)


def _of_workers(seen: Attendance) -> Iterable[Metric]:
    is_on = int(seen.is_dispatching)
    yield GaugeMetricFamily("databank_dispatcher_up", "1 while a dispatcher works.", is_on)
    workers = GaugeMetricFamily(
        "databank_workers", "Processes that run jobs, and beat.", labels=("state",)
    )
    alive = [each for each in seen.workers if each.is_alive]
    busy = sum(each.is_busy for each in alive)
    workers.add_metric((_BUSY,), busy)
    workers.add_metric((_IDLE,), len(alive) - busy)
    yield workers
    age = max((each.heartbeat_age for each in seen.workers), default=0)
    says = "Since the oldest heartbeat of those workers that Redis still knows."
    yield GaugeMetricFamily("databank_worker_heartbeat_age_seconds", says, age)


def _of_events(seen: Attendance) -> Iterable[Metric]:
    yield GaugeMetricFamily("databank_events_kept", "Events that can be read again.", seen.kept)
    if seen.published is not None:
        says = "Events that were told, since Redis has its stream."
        yield CounterMetricFamily("databank_events_published", says, seen.published)
