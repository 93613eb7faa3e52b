"""The dispatcher's lock in Redis: one dispatcher works at a time, the others stand by.

    databank:dispatcher    is there as long as a dispatcher works, and TTL seconds longer

Its holder renews it at every tick. One that was stopped for longer finds that another has it.
Nothing rests on that: two that work at once do no harm, they only do the work twice.
"""

import redis
import structlog
from redis.exceptions import LockError
from redis.lock import Lock

from data_bank_api.broker.failures import redis_errors

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

DISPATCHER_LOCK = "databank:dispatcher"
TTL = 4.0  # seconds


class DispatcherLock:
    """Of one dispatcher. Every method raises ServiceUnavailableError where Redis is away."""

    def __init__(self, connection: redis.Redis) -> None:
        self._lock = Lock(connection, DISPATCHER_LOCK, timeout=TTL, thread_local=False)
        self._has_it = False

    def hold(self) -> bool:
        """Take the lock, or renew it: whether it is held now."""
        with redis_errors():
            return self._renew() if self._has_it else self._take()

    def release(self) -> None:
        """Leave it to another at once."""
        if self._has_it:
            self._has_it = False
            with redis_errors():
                self._give_back()

    def _take(self) -> bool:
        self._has_it = bool(self._lock.acquire(blocking=False))
        if self._has_it:
            log.info("the dispatcher works: it has the lock")
        return self._has_it

    def _renew(self) -> bool:
        try:
            self._lock.reacquire()
        except LockError:
            self._has_it = False
            log.warning("the dispatcher stands by: it has lost the lock")
        return self._has_it

    def _give_back(self) -> None:
        try:
            self._lock.release()
        except LockError:
            log.warning("the dispatcher had lost the lock")
