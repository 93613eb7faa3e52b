import threading

import pytest
import redis

from data_bank_api.catalog.lease import FENCE, Held, Lease, LeaseLostError
from data_bank_client.errors import ServiceUnavailableError
from tests.fakes.redis_server import RedisServer
from tests.running_bank import until

KEY = "lease"


@pytest.fixture
def client(redis_server: RedisServer) -> redis.Redis:
    return redis_server.connect()


def test_one_has_it_until_it_is_given_back(client: redis.Redis) -> None:
    with Lease(client, KEY, "one").held():
        with pytest.raises(ServiceUnavailableError) as caught, Lease(client, KEY, "two").held():
            pass
        assert caught.value.retry_after is not None
        assert 25 < caught.value.retry_after <= 30
    with Lease(client, KEY, "two").held() as held:
        assert client.get(KEY) == held.token.encode()
    assert client.get(KEY) is None


def test_it_is_renewed_as_long_as_it_is_held(client: redis.Redis) -> None:
    with Lease(client, KEY, "one", seconds=0.5).held() as held:
        threading.Event().wait(1.5)
        assert client.get(KEY) == held.token.encode()


def test_that_of_one_who_is_gone_runs_out(client: redis.Redis) -> None:
    client.set(KEY, "gone:token", px=100)
    until(lambda: client.get(KEY) is None)
    with Lease(client, KEY, "two").held():
        pass


def test_the_next_run_of_a_job_has_it_at_once_and_the_one_before_loses_it(
    client: redis.Redis,
) -> None:
    with Lease(client, KEY, "job").held() as first:
        with Lease(client, KEY, "job").held() as second:
            with pytest.raises(LeaseLostError):
                write(client, first)
            assert write(client, second) == 1
        with pytest.raises(LeaseLostError):
            write(client, first)


def test_a_job_whose_name_begins_alike_is_another(client: redis.Redis) -> None:
    with (
        Lease(client, KEY, "job1").held(),
        pytest.raises(ServiceUnavailableError),
        Lease(client, KEY, "job").held(),
    ):
        pass


def test_who_has_lost_it_neither_renews_nor_gives_back_anothers(client: redis.Redis) -> None:
    with Lease(client, KEY, "one", seconds=0.3).held():
        client.set(KEY, "another's", px=60_000)
        threading.Event().wait(0.4)
    assert client.get(KEY) == b"another's"
    assert client.pttl(KEY) > 30_000


def test_redis_that_goes_away_ends_no_holder(own_redis: RedisServer) -> None:
    with own_redis.connect() as client, Lease(client, KEY, "one", seconds=0.3).held() as held:
        own_redis.kill()
        with pytest.raises(ServiceUnavailableError):
            write(client, held)
        threading.Event().wait(0.2)


def write(client: redis.Redis, held: Held) -> int:
    return held.step(client, f"{FENCE} return 1", (), ())
