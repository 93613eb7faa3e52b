"""Connections to a real Redis, and to none."""

import asyncio
import time

import pytest
import redis

from data_bank_api.broker.connect import connect, connect_async
from data_bank_api.broker.failures import redis_errors
from data_bank_client.errors import ServiceUnavailableError
from tests.fakes.redis_server import RedisServer

NOBODY = "redis://:s3cret@127.0.0.1:1/0"


def test_both_kinds_of_client_answer_in_bytes(redis_server: RedisServer) -> None:
    async def get() -> object:
        async with connect_async(redis_server.url) as client:
            return await client.get("name")

    with connect(redis_server.url) as client:
        client.set("name", "value")
        assert client.get("name") == b"value"
    assert asyncio.run(get()) == b"value"


def test_a_lost_connection_is_made_again(own_redis: RedisServer) -> None:
    with connect(own_redis.url) as client:
        client.set("name", "value")
        own_redis.kill()
        own_redis.start()
        assert client.get("name") == b"value"


def test_who_is_away_is_told_so_soon_and_without_the_address() -> None:
    async def ask() -> None:
        async with connect_async(NOBODY) as client:
            with redis_errors():
                await client.ping()

    started = time.monotonic()
    with (
        connect(NOBODY) as client,
        pytest.raises(ServiceUnavailableError) as caught,
        redis_errors(),
    ):
        client.ping()
    with pytest.raises(ServiceUnavailableError) as caught_async:
        asyncio.run(ask())
    assert time.monotonic() - started < 20
    for error in (caught.value, caught_async.value):
        assert error.message == "Redis does not answer: try again soon"


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (redis.TimeoutError("secret"), "Redis does not answer: try again soon"),
        (redis.BusyLoadingError("secret"), "Redis does not answer: try again soon"),
        (redis.OutOfMemoryError("secret"), "Redis refuses (OutOfMemoryError): try again soon"),
        (redis.AuthenticationError("x"), "Redis refuses (AuthenticationError): try again soon"),
    ],
)
def test_what_redis_fails_with_is_an_error_of_the_bank(
    error: redis.RedisError, message: str
) -> None:
    with pytest.raises(ServiceUnavailableError) as caught, redis_errors():
        raise error
    assert caught.value.message == message
    assert caught.value.__cause__ is error


def test_other_errors_are_let_through() -> None:
    with pytest.raises(KeyError), redis_errors():
        raise KeyError("mine")


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="scheme"):
        connect("http://127.0.0.1")
