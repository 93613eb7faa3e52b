"""The dispatcher as a whole: what is committed is delivered soon, whatever goes away meanwhile."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from data_bank_api.db.database import Database, DatabaseAwayError
from data_bank_api.jobs.dispatcher import Dispatcher, DispatcherParts, run_dispatcher
from data_bank_api.jobs.dispatcher_lock import DISPATCHER_LOCK
from data_bank_api.jobs.note import queue_of
from data_bank_api.queue.claims import Claims
from data_bank_api.queue.job import Job, NewJob, Wanted
from data_bank_api.queue.jobs import Jobs
from data_bank_api.queue.letters import post_event
from data_bank_api.queue.outbox import Outbox
from data_bank_client.wire.events import JobProgress
from tests.fakes.clock import Seconds
from tests.fakes.databases import PostgresServer
from tests.fakes.dispatcher_process import parts_at
from tests.fakes.job_events import entries_in
from tests.fakes.redis_server import RedisServer
from tests.running_bank import until


@contextmanager
def working(parts: DispatcherParts) -> Iterator[None]:
    """A dispatcher in a thread of this process."""
    stop = threading.Event()
    thread = threading.Thread(target=run_dispatcher, args=(parts, stop.wait))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@pytest.fixture
def parts(database: Database, redis_server: RedisServer) -> DispatcherParts:
    return parts_at(database, redis_server.url)


def ask(parts: DispatcherParts, **arguments: object) -> str:
    return Jobs(parts.database).enqueue(NewJob("ping", arguments)).job_id


def notes(parts: DispatcherParts) -> list[str]:
    """The jobs of which there is a note, without those of the schedule."""
    return [each.partition("-")[0] for each in queue_of(parts.redis).job_ids]


def events(parts: DispatcherParts, job_id: str) -> list[str]:
    entries = entries_in(parts.redis)
    return [each.type.split(".")[2] for each in entries if each.job_id == job_id]


def post_events(parts: DispatcherParts, job_id: str, count: int) -> None:
    with parts.database.transaction() as session:
        for number in range(count):
            event = JobProgress(event_id=f"{number:032}", at="", job_id=job_id, progress=number)
            post_event(session, event)


def test_work_and_events_are_delivered_by_themselves(parts: DispatcherParts) -> None:
    with working(parts):
        job_id = ask(parts)
        until(lambda: job_id in notes(parts))
        claim = Claims(parts.database).claim(job_id, 1)
        assert claim is not None
        claim.fail({"kind": "user", "code": "INVALID_INPUT", "message": "no"})
        until(lambda: events(parts, job_id) == ["started", "failed"])
        until(lambda: Outbox(parts.database).due(10) == [])


def test_work_does_not_wait_behind_a_thousand_events(parts: DispatcherParts) -> None:
    dispatcher = Dispatcher(parts)
    post_events(parts, "job", 1000)
    job_id = ask(parts)
    assert dispatcher.tick()  # there are more events
    assert job_id in notes(parts)
    while dispatcher.tick():
        pass
    assert events(parts, "job") == ["progress"] * 1000
    dispatcher.close()


def test_work_is_delivered_within_a_second_of_its_commit(parts: DispatcherParts) -> None:
    with working(parts):
        until(lambda: notes(parts) != [])  # those of the schedule
        taken = sorted(wait_for_delivery(parts, number) for number in range(7))
    assert taken[3] < 1


def wait_for_delivery(parts: DispatcherParts, number: int) -> float:
    job_id, begun = ask(parts, n=number), time.monotonic()
    until(lambda: job_id in notes(parts))
    return time.monotonic() - begun


def test_a_lost_run_is_noticed_and_its_next_attempt_delivered(parts: DispatcherParts) -> None:
    with working(parts):
        job_id = ask(parts)
        Claims(parts.database).claim(job_id, 1)
        begun = time.monotonic()
        until(lambda: f"{job_id}-2" in queue_of(parts.redis).job_ids)
    assert time.monotonic() - begun > 5
    assert Jobs(parts.database).get(job_id).state == "retrying"


def test_the_schedule_begins_with_the_first_tick(parts: DispatcherParts) -> None:
    dispatcher = Dispatcher(parts)
    dispatcher.tick()
    kinds = [job.kind for job in _all(parts)]
    assert sorted(kinds) == ["datasets.reconcile", "retention", "sweep"]
    dispatcher.tick()
    assert len(_all(parts)) == 3
    dispatcher.close()


def test_who_has_not_the_lock_does_nothing_until_it_is_given_back(parts: DispatcherParts) -> None:
    first, second = Dispatcher(parts), Dispatcher(parts)
    assert not first.tick()
    job_id = ask(parts)
    second.tick()
    assert job_id not in notes(parts)
    first.close()
    second.tick()
    assert job_id in notes(parts)
    second.close()
    assert parts.redis.get(DISPATCHER_LOCK) is None


def test_while_redis_is_away_all_waits_and_then_goes_on(
    sqlite_url: str, own_redis: RedisServer
) -> None:
    database = Database(sqlite_url)
    parts = parts_at(database, own_redis.url)
    dispatcher = Dispatcher(parts)
    dispatcher.tick()
    dispatcher.tick()  # what the schedule asked for is on its way
    job_id = ask(parts)
    own_redis.stop()
    with capture_logs() as logs:
        assert [dispatcher.tick(), dispatcher.tick()] == [False, False]
    assert [(line["event"], line["log_level"]) for line in logs] == [
        ("the dispatcher waits", "warning")
    ]
    assert [(each.job_id, each.tries) for each in Outbox(database).due(10)] == [(job_id, 0)]
    own_redis.start()

    def is_delivered() -> bool:
        dispatcher.tick()
        return job_id in notes(parts)

    with capture_logs() as logs:
        until(is_delivered)
    assert "the dispatcher goes on" in [line["event"] for line in logs]
    own_redis.stop()
    dispatcher.close()  # nobody is there to give the lock back to
    database.close()


def test_while_the_database_is_away_the_lock_is_kept_and_nobody_is_lost(
    postgres: PostgresServer, postgresql_url: str, redis_server: RedisServer
) -> None:
    database = Database(postgresql_url)
    parts = parts_at(database, redis_server.url)
    dispatcher = Dispatcher(parts)
    job_id = ask(parts)
    dispatcher.tick()
    postgres.stop()
    try:
        with capture_logs() as logs:
            assert not dispatcher.tick()
        with pytest.raises(DatabaseAwayError):
            ask(parts, n=2)
    finally:
        postgres.start()
    [line] = logs
    assert "connection" in str(line["reason"])  # the driver's word for it
    assert parts.redis.get(DISPATCHER_LOCK) is not None

    def is_delivered() -> bool:
        dispatcher.tick()
        return later in notes(parts)

    later = ask(parts, n=3)
    until(is_delivered)
    assert Jobs(database).get(job_id).state == "queued"
    dispatcher.close()
    database.close()


def test_runs_are_not_lost_because_the_database_was_away(
    parts: DispatcherParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was seen of a run before does not count after."""
    seconds = Seconds()
    dispatcher = Dispatcher(replace(parts, seconds=seconds))

    def tick() -> str:
        dispatcher.tick()
        seconds.now += 2
        return Jobs(parts.database).get(job_id).state

    job_id = ask(parts)
    Claims(parts.database).claim(job_id, 1)
    assert [tick() for _ in range(3)] == ["started"] * 3
    with monkeypatch.context() as away:
        away.setattr(Outbox, "due", _raise_away)
        tick()
    assert [tick() for _ in range(4)] == ["started", "started", "started", "retrying"]


def _raise_away(*_: object) -> None:
    raise DatabaseAwayError


def _all(parts: DispatcherParts) -> list[Job]:
    return Jobs(parts.database).list(Wanted(), None, 100)
