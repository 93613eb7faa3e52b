"""The Redis of one data folder: private, kept over kills, and never two."""

from tests.fakes.redis_server import RedisServer


def test_what_it_was_told_outlives_a_kill(own_redis: RedisServer) -> None:
    with own_redis.connect() as connection:
        connection.set("told", "before")
    own_redis.kill()
    own_redis.start()
    with own_redis.connect() as connection:
        assert connection.get("told") == b"before"
