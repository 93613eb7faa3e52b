"""Who is there to work, and what events were told, as Redis knows it."""

import pytest

from data_bank_api.events.stream import LOG, EventStream
from data_bank_api.jobs.attendance import (
    HEARTBEAT_TTL,
    Attendance,
    AttendanceMetrics,
    Worker,
    look_around,
)
from data_bank_api.jobs.child import Duties
from data_bank_api.jobs.dispatcher_lock import DispatcherLock
from data_bank_api.jobs.worker import JobWorker
from data_bank_api.observability.exposition import Exposition
from data_bank_client.errors import ServiceUnavailableError
from data_bank_client.wire.events import JobStarted
from tests.fakes.redis_server import RedisServer
from tests.fakes.scraped import Scraped
from tests.running_bank import until

WORKERS = "rq:workers:data_bank"


def scrape(seen: Attendance | None) -> dict[str, float]:
    return Scraped.parse(Exposition([AttendanceMetrics(seen)]).text().decode()).samples


def add_worker(server: RedisServer, name: str, state: str, lives_for: int) -> None:
    with server.connect() as connection:
        connection.sadd(WORKERS, f"rq:worker:{name}")
        connection.hset(f"rq:worker:{name}", mapping={"state": state})
        connection.expire(f"rq:worker:{name}", lives_for)


def test_nobody_is_there_in_an_empty_redis(redis_server: RedisServer) -> None:
    found = look_around(redis_server.url)
    assert found == Attendance((), is_dispatching=False, published=None, kept=0)


def test_a_worker_that_has_just_beaten_is_alive(redis_server: RedisServer) -> None:
    add_worker(redis_server, "a", "busy", HEARTBEAT_TTL)
    add_worker(redis_server, "b", "started", HEARTBEAT_TTL)
    found = scrape(look_around(redis_server.url))
    assert found['databank_workers{state="busy"}'] == 1
    assert found['databank_workers{state="idle"}'] == 1
    assert found["databank_worker_heartbeat_age_seconds"] <= 1


def test_a_worker_that_beats_no_more_is_not_counted_though_it_is_listed(
    redis_server: RedisServer,
) -> None:
    add_worker(redis_server, "a", "busy", 10)
    found = scrape(look_around(redis_server.url))
    assert found['databank_workers{state="busy"}'] == 0
    assert found["databank_worker_heartbeat_age_seconds"] >= 70


def test_what_is_no_worker_counts_for_nothing(redis_server: RedisServer) -> None:
    with redis_server.connect() as connection:
        connection.sadd(WORKERS, "rq:worker:gone", "text")
        connection.set("text", "no hash")
    assert look_around(redis_server.url).workers == ()


def test_the_heartbeats_of_a_real_worker_live_as_long_as_is_thought(
    redis_server: RedisServer,
) -> None:
    duties = Duties(run=lambda _note, _claimed: 0, mourn=lambda _death: 0, tie=lambda _parent: None)
    worker = JobWorker(redis_server.url, duties, 0)
    with redis_server.connect() as connection:
        connection.sadd(WORKERS, worker.key)
    worker.heartbeat()
    assert look_around(redis_server.url).workers == (Worker(is_busy=False, heartbeat_age=0),)
    worker.teardown()
    assert look_around(redis_server.url).workers == ()


def test_a_dispatcher_is_there_while_it_has_the_lock(redis_server: RedisServer) -> None:
    with redis_server.connect() as connection:
        lock = DispatcherLock(connection)
        until(lock.hold)
        assert scrape(look_around(redis_server.url))["databank_dispatcher_up"] == 1
        lock.release()
    assert scrape(look_around(redis_server.url))["databank_dispatcher_up"] == 0


def test_events_are_counted_also_when_they_are_kept_no_more(redis_server: RedisServer) -> None:
    at = "2026-11-21T10:00:00.000000Z"
    events = [JobStarted(event_id=f"e{n}", at=at, job_id="j") for n in range(5)]
    with redis_server.connect() as connection:
        EventStream(connection, 100).publish(events)
        connection.xtrim(LOG, 2, approximate=False)
    found = scrape(look_around(redis_server.url))
    assert (found["databank_events_published_total"], found["databank_events_kept"]) == (5, 2)


def test_a_redis_that_is_away_is_told_as_that() -> None:
    with pytest.raises(ServiceUnavailableError):
        look_around("redis://127.0.0.1:1/0")
    assert scrape(None) == {"databank_redis_up": 0}
