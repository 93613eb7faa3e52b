"""The dispatcher: takes letters where they belong, watches the runs, asks for what is due.

    each tick      the lock; asks of siblings become jobs; notes go to the queue, events to the
                   stream, calls to webhooks
    each second    the beats of all runs are looked at
    each 5 s       the schedules, the bank's and repositories'; whether Redis was emptied

A process of its own beside the workers. It may be killed at any point: what it has not removed
from the table the next one does again, and doing it twice does no harm. While Redis or the
database is away it waits.
"""

import math
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import redis
import structlog

from data_bank_api.db.database import Database, DatabaseAwayError
from data_bank_api.hub.registry import Registry
from data_bank_api.jobs.asked_queue import AskedQueue
from data_bank_api.jobs.asks import AskersToo, Asks
from data_bank_api.jobs.courier import Courier
from data_bank_api.jobs.destinations import Events, Publish, Runs
from data_bank_api.jobs.dispatcher_lock import DispatcherLock
from data_bank_api.jobs.emptied import Emptied
from data_bank_api.jobs.postman import Postman
from data_bank_api.jobs.schedule import SCHEDULE, Recurring, Scheduler
from data_bank_api.jobs.strays import Strays
from data_bank_api.jobs.sync_schedule import SyncSchedule
from data_bank_api.jobs.watch import Watch
from data_bank_api.queue.clock import Clock, utc_now
from data_bank_api.queue.jobs import Jobs
from data_bank_api.queue.outbox import Outbox
from data_bank_api.queue.upkeep import Upkeep
from data_bank_client.errors import ServiceUnavailableError

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

TICK = 0.25  # seconds
_WATCH_SECONDS = 1.0
_SCHEDULE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class DispatcherParts:
    """What a dispatcher works with; `publish` is an EventStream's, `seconds` a monotonic clock.

    Who made them closes them.
    """

    database: Database
    redis: redis.Redis
    publish: Publish
    courier: Courier
    clock: Clock = utc_now
    seconds: Callable[[], float] = time.monotonic
    schedule: Sequence[Recurring] = SCHEDULE


def run_dispatcher(parts: DispatcherParts, pause: Callable[[float], bool]) -> None:
    """Until `pause`, which waits for so many seconds, says that a stop was asked for.

    `threading.Event().wait` is such a pause.
    """
    dispatcher = Dispatcher(parts)
    try:
        while not pause(0 if dispatcher.tick() else TICK):
            pass
    finally:
        dispatcher.close()


class Dispatcher:
    """See `run_dispatcher`."""

    def __init__(self, parts: DispatcherParts) -> None:
        outbox = Outbox(parts.database, parts.clock)
        upkeep = Upkeep(parts.database, parts.clock)
        self._watch = Watch(upkeep, parts.seconds)
        self._courier = parts.courier
        self._lock = DispatcherLock(parts.redis)
        asked = AskedQueue(parts.redis)
        self._postmen = (
            Postman(outbox, Runs(parts.redis)),
            Postman(outbox, AskersToo(Events(parts.publish, parts.clock), asked)),
        )
        jobs, strays = Jobs(parts.database, parts.clock), Strays(upkeep, parts.redis)
        self._asks = Asks(asked, jobs)
        registry = Registry(parts.database, parts.clock)
        self._now_and_then = (
            _Chore(_WATCH_SECONDS, self._watch.look),
            _Chore(_SCHEDULE_SECONDS, Scheduler(jobs, upkeep, strays, parts.schedule).look),
            _Chore(_SCHEDULE_SECONDS, SyncSchedule(registry, jobs).look),
            _Chore(_SCHEDULE_SECONDS, Emptied(jobs, strays).look),
        )
        self._seconds = parts.seconds
        self._is_waiting = False

    def tick(self) -> bool:
        """Do what there is to do: whether there may be more of it at once."""
        try:
            is_more = self._lock.hold() and self._work()
        except ServiceUnavailableError as error:
            self._wait(error)
            return False
        if self._is_waiting:
            self._is_waiting = False
            log.info("the dispatcher goes on")
        return is_more

    def close(self) -> None:
        """Leave the lock to another."""
        with suppress(ServiceUnavailableError):
            self._lock.release()

    def _work(self) -> bool:
        self._asks.take()
        is_more = [postman.go() for postman in self._postmen]
        self._courier.tick()
        _do(self._now_and_then, self._seconds())
        return any(is_more)

    def _wait(self, error: ServiceUnavailableError) -> None:
        self._watch.forget()
        if not self._is_waiting:
            self._is_waiting = True
            log.warning("the dispatcher waits", reason=_reason(error))


def _reason(error: ServiceUnavailableError) -> str:
    """For the log: a disk that is full looks like a database that is away."""
    return (isinstance(error, DatabaseAwayError) and error.reason) or error.message


class _Chore:
    """What is done every so many seconds, at the first tick too."""

    def __init__(self, period: float, do: Callable[[], None]) -> None:
        self.period = period
        self.do = do
        self.next_at = -math.inf


def _do(chores: Iterable[_Chore], now: float) -> None:
    for chore in chores:
        if now >= chore.next_at:
            chore.next_at = now + chore.period
            chore.do()
