"""The worker as a process: jobs run in its children, and it lives through what happens to them."""

import os
import signal
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Protocol

import pytest
from rq import Queue

from data_bank_client.wire.jobs import QUEUE
from tests.fakes.databases import PostgresServer
from tests.fakes.redis_server import RedisServer
from tests.running_bank import until
from tests.running_worker import ODD, Asking, RunningWorker, children_of, is_there


class Begin(Protocol):
    """Starts a worker that knows odd kinds, to be ended with the test."""

    def __call__(
        self, server: RedisServer, database_url: str, *more: str, **env: str
    ) -> RunningWorker: ...


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    started: list[RunningWorker] = []

    def start(server: RedisServer, database_url: str, *more: str, **env: str) -> RunningWorker:
        variables = {"GRACE_SECONDS": "0", **env}
        worker = RunningWorker(tmp_path, server.url, database_url, (*ODD, *more), **variables)
        started.append(worker)
        return worker

    yield start
    for each in started:
        each.stop()


@pytest.fixture
def asking(database_url: str, redis_server: RedisServer) -> Iterator[Asking]:
    asking = Asking(database_url, redis_server)
    yield asking
    asking.close()


@pytest.fixture
def asking_sqlite(sqlite_url: str, redis_server: RedisServer) -> Iterator[Asking]:
    asking = Asking(sqlite_url, redis_server)
    yield asking
    asking.close()


@pytest.fixture
def worker(begin: Begin, redis_server: RedisServer, database_url: str) -> RunningWorker:
    return begin(redis_server, database_url)


@pytest.fixture
def sqlite_worker(begin: Begin, redis_server: RedisServer, sqlite_url: str) -> RunningWorker:
    return begin(redis_server, sqlite_url)


def hold(asking: Asking, folder: Path) -> str:
    """A job that is running, until there is a file `go`."""
    job_id = asking.ask("hold", folder=str(folder))
    until((folder / "began-1").exists)
    return job_id


def child_of(worker: RunningWorker) -> int:
    until(lambda: children_of(worker.pid) != [])
    return children_of(worker.pid)[0]


def idle(server: RedisServer) -> None:
    """Until a worker waits for notes."""

    def is_waiting() -> bool:
        with server.connect() as connection:
            clients = connection.client_list()
        return any(each["cmd"] == "blmove" for each in clients)

    until(is_waiting)


def test_jobs_run_and_an_idle_worker_starts_them_within_a_second(
    asking: Asking, worker: RunningWorker, redis_server: RedisServer
) -> None:
    assert asking.wait(asking.ask("ping"), "success").progress == 100.0
    idle(redis_server)
    begun = time.monotonic()
    asking.wait(asking.ask("ping", message="again"), "started", "success")
    assert time.monotonic() - begun < 1


def test_a_failed_job_runs_again_and_its_worker_with_it(
    asking_sqlite: Asking, sqlite_worker: RunningWorker
) -> None:
    job_id = asking_sqlite.ask("fail", how="temporary")
    for attempt in (2, 3, 4):
        until(partial(asking_sqlite.has_retried, job_id, attempt - 1))
        asking_sqlite.deliver(job_id, attempt)
    assert asking_sqlite.wait(job_id, "failure").attempts == 4
    asking_sqlite.wait(asking_sqlite.ask("ping"), "success")


def test_fifty_jobs_leave_nothing_in_redis(
    asking_sqlite: Asking, sqlite_worker: RunningWorker, redis_server: RedisServer
) -> None:
    asking_sqlite.wait(asking_sqlite.ask("ping"), "success")
    idle(redis_server)
    with redis_server.connect() as connection:
        before = sorted(connection.keys())
        asked = [asking_sqlite.ask("ping", message=str(number)) for number in range(50)]
        for job_id in asked:
            asking_sqlite.deliver(job_id, 1)
        asking_sqlite.wait(asked[-1], "success")
        until(lambda: sorted(connection.keys()) == before)


def test_jobs_of_others_are_dropped_and_the_worker_lives_on(
    asking_sqlite: Asking, sqlite_worker: RunningWorker, redis_server: RedisServer, tmp_path: Path
) -> None:
    owned = tmp_path / "owned"
    with redis_server.connect() as connection:
        Queue(QUEUE, connection=connection).enqueue("os.mkdir", str(owned))
        Queue(QUEUE, connection=connection, serializer="json").enqueue("os.mkdir", str(owned))
        connection.hset("rq:job:odd", mapping={"data": b"\x80\x04cos\nsystem\n", "timeout": "x"})
        connection.rpush("rq:queue:data_bank", "odd", b"\xff")
    asking_sqlite.wait(asking_sqlite.ask("ping"), "success")
    assert not owned.exists()
    dropped = [line for line in sqlite_worker.log() if "dropped" in str(line["event"])]
    assert [line["level"] for line in dropped] == ["warning"] * 3


def test_a_job_that_is_cancelled_ends_within_seconds_and_leaves_no_draft(
    asking: Asking, worker: RunningWorker, tmp_path: Path
) -> None:
    job_id = asking.ask("write", folder=str(tmp_path))
    until((tmp_path / "began-1").exists)
    child = child_of(worker)
    assert len(worker.drafts()) == 1
    begun = time.monotonic()
    asking.jobs.cancel(job_id)
    until(lambda: not is_there(child))
    assert time.monotonic() - begun < 10
    until(lambda: worker.drafts() == [])
    asking.wait(asking.ask("ping"), "success")


def test_a_job_that_does_not_let_itself_be_ended_is_ended_with_its_process(
    asking_sqlite: Asking, sqlite_worker: RunningWorker, tmp_path: Path
) -> None:
    job_id = asking_sqlite.ask("deaf", folder=str(tmp_path))
    until((tmp_path / "began-1").exists)
    child = child_of(sqlite_worker)
    asking_sqlite.jobs.cancel(job_id)
    until((tmp_path / "heard-1").exists)
    until(lambda: not is_there(child))
    until(lambda: sqlite_worker.drafts() == [])
    assert asking_sqlite.get(job_id).state == "cancelled"
    asking_sqlite.wait(asking_sqlite.ask("ping"), "success")


def test_a_job_whose_process_is_killed_runs_again_within_seconds(
    asking: Asking, worker: RunningWorker
) -> None:
    begun = time.monotonic()
    job_id = asking.ask("die")
    found = asking.wait(job_id, "retrying")
    assert time.monotonic() - begun < 15
    assert found.retries == 1
    asking.deliver(job_id, 2)
    asking.wait(job_id, "success")
    assert "lost: its process was ended by signal 9" in str(asking.lines(job_id))


def test_a_child_is_gone_with_its_worker_and_another_worker_goes_on(
    asking_sqlite: Asking,
    sqlite_worker: RunningWorker,
    begin: Begin,
    redis_server: RedisServer,
    sqlite_url: str,
    tmp_path: Path,
) -> None:
    hold(asking_sqlite, tmp_path)
    child = child_of(sqlite_worker)
    sqlite_worker.stop(signal.SIGKILL)
    until(lambda: not is_there(child))
    begin(redis_server, sqlite_url)
    asking_sqlite.wait(asking_sqlite.ask("ping"), "success")


def test_a_child_sees_by_itself_that_its_worker_is_gone(
    asking_sqlite: Asking, begin: Begin, redis_server: RedisServer, sqlite_url: str, tmp_path: Path
) -> None:
    """Where the system does not tell it."""
    worker = begin(redis_server, sqlite_url, "untied")
    hold(asking_sqlite, tmp_path)
    child = child_of(worker)
    worker.stop(signal.SIGKILL)
    until(lambda: not is_there(child))


def test_a_note_whose_worker_was_killed_before_the_claim_is_taken_by_another(
    asking_sqlite: Asking, redis_server: RedisServer, begin: Begin, sqlite_url: str
) -> None:
    job_id = asking_sqlite.ask("ping")
    with redis_server.connect() as connection:
        connection.lmove("rq:queue:data_bank", "rq:queue:data_bank:intermediate")
    worker = begin(redis_server, sqlite_url)
    begun = time.monotonic()
    asking_sqlite.wait(job_id, "success")
    assert time.monotonic() - begun < 30
    assert "a note that nobody settled is put back" in [line["event"] for line in worker.log()]


def test_a_worker_whose_children_cannot_begin_says_so_and_lives_on(
    asking_sqlite: Asking, begin: Begin, redis_server: RedisServer, sqlite_url: str
) -> None:
    worker = begin(redis_server, sqlite_url, "broken")
    job_id = asking_sqlite.ask("ping")
    until(partial(worker.has_said, "a worker's child failed"))
    idle(redis_server)
    assert asking_sqlite.get(job_id).state == "queued"
    assert worker.process.poll() is None


def test_an_idle_worker_stops_at_once_and_leaves_nothing(
    sqlite_worker: RunningWorker, redis_server: RedisServer
) -> None:
    idle(redis_server)
    begun = time.monotonic()
    sqlite_worker.process.terminate()
    with redis_server.connect() as connection:
        until(lambda: connection.keys() == [])
    assert time.monotonic() - begun < 4  # a second less than it waits for a note
    assert sqlite_worker.process.wait(60) == 0


def test_a_running_job_may_end_within_the_grace(
    asking_sqlite: Asking,
    begin: Begin,
    redis_server: RedisServer,
    sqlite_url: str,
    tmp_path: Path,
) -> None:
    worker = begin(redis_server, sqlite_url, GRACE_SECONDS="60")
    job_id = hold(asking_sqlite, tmp_path)
    later = asking_sqlite.ask("ping")
    os.kill(worker.pid, signal.SIGTERM)
    os.kill(worker.pid, signal.SIGTERM)
    (tmp_path / "go").touch()
    assert worker.process.wait(60) == 0
    assert asking_sqlite.get(job_id).state == "success"
    assert asking_sqlite.get(later).state == "queued"


def test_a_job_that_outlasts_the_grace_is_put_back(
    asking: Asking, begin: Begin, redis_server: RedisServer, database_url: str, tmp_path: Path
) -> None:
    worker = begin(redis_server, database_url)
    job_id = asking.ask("write", folder=str(tmp_path))
    until((tmp_path / "began-1").exists)
    assert worker.stop() == 0
    found = asking.get(job_id)
    assert (found.state, found.retries) == ("queued", 0)
    assert worker.drafts() == []


def test_a_job_that_does_not_stop_is_killed_and_put_back(
    asking_sqlite: Asking, begin: Begin, redis_server: RedisServer, sqlite_url: str, tmp_path: Path
) -> None:
    worker = begin(redis_server, sqlite_url)
    job_id = asking_sqlite.ask("deaf", folder=str(tmp_path))
    until((tmp_path / "began-1").exists)
    assert worker.stop() == 0
    found = asking_sqlite.get(job_id)
    assert (found.state, found.retries) == ("queued", 0)
    assert worker.drafts() == []


def test_redis_may_go_and_come_back_while_a_worker_is_idle_and_while_it_is_not(
    begin: Begin, own_redis: RedisServer, sqlite_url: str, tmp_path: Path
) -> None:
    asking = Asking(sqlite_url, own_redis)
    worker = begin(own_redis, sqlite_url)
    idle(own_redis)
    own_redis.restart()
    asking.wait(asking.ask("ping"), "success")
    job_id = hold(asking, tmp_path)
    own_redis.restart()
    (tmp_path / "go").touch()
    asking.wait(job_id, "success")
    asking.wait(asking.ask("ping", message="again"), "success")
    assert worker.process.poll() is None
    asking.close()


def test_an_idle_worker_stops_while_redis_is_away(
    begin: Begin, own_redis: RedisServer, sqlite_url: str
) -> None:
    worker = begin(own_redis, sqlite_url)
    idle(own_redis)
    own_redis.stop()
    begun = time.monotonic()
    assert worker.stop() == 0
    assert time.monotonic() - begun < 10


def test_the_database_may_go_and_come_back_in_the_middle_of_a_job(
    begin: Begin,
    redis_server: RedisServer,
    postgres: PostgresServer,
    postgresql_url: str,
    tmp_path: Path,
) -> None:
    asking = Asking(postgresql_url, redis_server)
    worker = begin(redis_server, postgresql_url)
    job_id = hold(asking, tmp_path)
    postgres.stop()
    try:
        time.sleep(1.5)  # a beat finds it away
        (tmp_path / "go").touch()
        until((tmp_path / "ended-1").exists)
    finally:
        postgres.start()
    assert asking.wait(job_id, "success").attempts == 1
    assert worker.process.poll() is None
    asking.close()


def test_no_log_holds_an_address_of_redis(
    asking_sqlite: Asking, sqlite_worker: RunningWorker, redis_server: RedisServer
) -> None:
    asking_sqlite.wait(asking_sqlite.ask("ping"), "success")
    sqlite_worker.stop()
    assert "unix:" not in sqlite_worker.text()
    assert redis_server.url not in sqlite_worker.text()
