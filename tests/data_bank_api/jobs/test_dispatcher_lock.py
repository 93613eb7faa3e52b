"""One dispatcher works at a time."""

import pytest
from structlog.testing import capture_logs

from data_bank_api.broker.connect import connect
from data_bank_api.jobs.dispatcher_lock import DISPATCHER_LOCK, TTL, DispatcherLock
from data_bank_client.errors import ServiceUnavailableError
from tests.fakes.redis_server import RedisServer
from tests.running_bank import until


@pytest.fixture
def two(redis_server: RedisServer) -> tuple[DispatcherLock, DispatcherLock]:
    first, second = (DispatcherLock(redis_server.connect()) for _ in range(2))
    return first, second


def test_one_holds_the_lock_until_it_gives_it_back(
    two: tuple[DispatcherLock, DispatcherLock],
) -> None:
    first, second = two
    assert (first.hold(), second.hold(), first.hold()) == (True, False, True)
    first.release()
    assert (second.hold(), first.hold()) == (True, False)


def test_holding_it_makes_it_last(redis_server: RedisServer) -> None:
    redis, lock = redis_server.connect(), DispatcherLock(redis_server.connect())
    lock.hold()
    redis.pexpire(DISPATCHER_LOCK, 100_000)
    lock.hold()
    assert 0 < redis.pttl(DISPATCHER_LOCK) <= TTL * 1000


def test_who_lost_it_stands_by_and_says_so(
    redis_server: RedisServer, two: tuple[DispatcherLock, DispatcherLock]
) -> None:
    first, second = two
    with capture_logs() as logs:
        first.hold()
        redis_server.connect().delete(DISPATCHER_LOCK)  # as when it was stopped for too long
        second.hold()
        assert [first.hold(), first.hold()] == [False, False]
    assert [line["event"] for line in logs] == [
        "the dispatcher works: it has the lock",
        "the dispatcher works: it has the lock",
        "the dispatcher stands by: it has lost the lock",
    ]


def test_nobody_gives_back_the_lock_of_another(
    redis_server: RedisServer, two: tuple[DispatcherLock, DispatcherLock]
) -> None:
    first, second = two
    first.hold()
    redis_server.connect().delete(DISPATCHER_LOCK)
    second.hold()
    first.release()
    first.release()
    assert second.hold()
    assert not first.hold()


def test_redis_is_away_and_the_lock_says_so(own_redis: RedisServer) -> None:
    lock = DispatcherLock(connect(own_redis.url, retries=0))
    lock.hold()
    own_redis.kill()
    with pytest.raises(ServiceUnavailableError):
        lock.hold()
    own_redis.start()
    until(lock.hold)
