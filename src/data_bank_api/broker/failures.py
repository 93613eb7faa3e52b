"""What Redis fails with, as an error of the bank."""

from collections.abc import Generator
from contextlib import contextmanager

import redis

from data_bank_client.errors import ServiceUnavailableError

_AWAY = (redis.ConnectionError, redis.TimeoutError)


@contextmanager
def redis_errors() -> Generator[None]:
    """Raise ServiceUnavailableError where Redis is away, or refuses: no memory, no password, ...

    Its message names neither the address nor what was asked.
    """
    try:
        yield
    except redis.RedisError as error:
        raise ServiceUnavailableError(f"Redis {_what(error)}: try again soon") from error


def _what(error: redis.RedisError) -> str:
    # redis-py counts a wrong password among the lost connections.
    if isinstance(error, _AWAY) and not isinstance(error, redis.AuthenticationError):
        return "does not answer"
    return f"refuses ({type(error).__name__})"
