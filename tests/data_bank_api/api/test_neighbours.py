"""What jobs lack, as `/readyz` tells it, while files are served all the same."""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from data_bank_api.api.neighbours import Neighbours
from data_bank_api.api.pool import DatabasePool
from data_bank_api.db.database import Database
from data_bank_api.jobs.dispatcher_lock import DispatcherLock
from data_bank_api.queue.jobs import Jobs
from data_bank_api.queue.webhooks import Webhooks
from data_bank_api.wiring import Desk
from tests.fakes.redis_server import RedisServer
from tests.running_bank import RunningBank, running, until

AWAY = "Redis does not answer: try again soon"


def missing(bank: RunningBank) -> object:
    answer = bank.request("GET", "/readyz", None)
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    return answer.json().get("missing")


@pytest.fixture
def desk(tmp_path: Path, redis_server: RedisServer) -> Iterator[Desk]:
    database = Database(f"sqlite:///{tmp_path / 'bank.sqlite3'}")
    yield Desk(database, redis_server.url, Jobs(database), Webhooks(database))
    database.close()


def look(desk: Desk) -> dict[str, str]:
    return asyncio.run(Neighbours(desk, DatabasePool(), patience=60).missing())


def test_a_bank_without_redis_says_what_to_set(tmp_path: Path) -> None:
    with running(tmp_path) as bank:
        assert missing(bank) == {"redis": "jobs need Redis: set REDIS_URL"}


def test_a_bank_tells_that_no_worker_runs(tmp_path: Path, redis_server: RedisServer) -> None:
    with running(tmp_path, REDIS_URL=redis_server.url) as bank:
        assert missing(bank) == {"worker": "no worker is running"}


def test_where_a_dispatcher_works_nothing_is_missing(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    with (
        redis_server.connect() as connection,
        running(tmp_path, REDIS_URL=redis_server.url) as bank,
    ):
        lock = DispatcherLock(connection)
        until(lambda: lock.hold() and missing(bank) is None)


def test_a_redis_that_goes_and_comes_is_told(tmp_path: Path, own_redis: RedisServer) -> None:
    with running(tmp_path / "bank", REDIS_URL=own_redis.url) as bank:
        own_redis.kill()
        until(lambda: missing(bank) == {"redis": AWAY})
        assert bank.get(f"/files/{bank.put(b'kept')}").content == b"kept"
        own_redis.start()
        until(lambda: missing(bank) == {"worker": "no worker is running"})


def test_a_database_that_is_away_is_told(tmp_path: Path, redis_server: RedisServer) -> None:
    url = "postgresql://nobody@127.0.0.1:1/nothing"
    with running(tmp_path, REDIS_URL=redis_server.url, DATABASE_URL=url) as bank:
        says = "the database does not answer: try again soon"
        until(lambda: missing(bank) == {"worker": "no worker is running", "database": says})
        assert bank.put(b"kept")


def test_a_redis_that_hangs_delays_nobody_for_long(desk: Desk, own_redis: RedisServer) -> None:
    """What was known is told until the look is over."""
    desk = Desk(desk.database, own_redis.url, desk.jobs, desk.webhooks)
    now = [0.0]

    async def ask() -> list[dict[str, str]]:
        neighbours = Neighbours(desk, DatabasePool(), lambda: now[0], patience=0.5)
        found = [await neighbours.missing()]
        os.kill(own_redis.pid, signal.SIGSTOP)
        now[0] = 3.0
        found.append(await neighbours.missing())
        while (last := await neighbours.missing()) == found[-1]:
            pass
        return [*found, last]

    try:
        no_worker = {"worker": "no worker is running"}
        assert asyncio.run(ask()) == [no_worker, no_worker, {"redis": AWAY}]
    finally:
        os.kill(own_redis.pid, signal.SIGCONT)


def test_a_redis_that_refuses_is_told_without_its_password(
    desk: Desk, own_redis: RedisServer
) -> None:
    with own_redis.connect() as connection:
        connection.config_set("requirepass", "right")
    url = own_redis.url.replace("unix://", "unix://:wrong@")
    refused = Desk(desk.database, url, desk.jobs, desk.webhooks)
    assert look(refused) == {"redis": "Redis refuses (AuthenticationError): try again soon"}
