"""A client of the real Redis."""

from collections.abc import Iterator

import pytest
import redis

from data_bank_api.broker.connect import connect
from tests.fakes.redis_server import RedisServer


@pytest.fixture
def client(redis_server: RedisServer) -> Iterator[redis.Redis]:
    with connect(redis_server.url) as client:
        yield client
