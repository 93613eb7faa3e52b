"""Connections to Redis, made alike for who blocks and for who awaits.

Nothing is sent before the first command. A command that finds its connection lost is sent again
on a new one, RETRIES times within a second, so each must be harmless when it is done twice. One
that is not answered in ANSWER_SECONDS has failed.

The address may hold a password: it stands in no message and in no log.
"""

import redis
import redis.asyncio
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

# Of one client: more than ever ask at once.
MOST_CONNECTIONS = 4096
CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 5.0
RETRIES = 3

_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 1.0


def connect(url: str, *, retries: int = RETRIES) -> redis.Redis:
    """A client for any number of threads, with bytes as answers. Close it in the end.

    Raises ValueError for an address that cannot be one.
    """
    return redis.Redis.from_url(
        url,
        max_connections=MOST_CONNECTIONS,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        retry=Retry(_pauses(), retries, (redis.ConnectionError,)),
    )


def connect_async(url: str) -> redis.asyncio.Redis:
    """The same for the tasks of one event loop."""
    return redis.asyncio.Redis.from_url(
        url,
        max_connections=MOST_CONNECTIONS,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        retry=AsyncRetry(_pauses(), RETRIES, (redis.ConnectionError,)),
    )


def _pauses() -> ExponentialBackoff:
    return ExponentialBackoff(cap=_LONGEST_PAUSE, base=_FIRST_PAUSE)
