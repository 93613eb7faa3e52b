"""A dispatcher in a process of its own, to be killed or stopped.

python -m tests.fakes.dispatcher_process DATABASE_URL REDIS_URL [unlocked]

`unlocked`: it works whoever has the lock.
"""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from unittest.mock import patch

from data_bank_api.broker.connect import connect
from data_bank_api.db.database import Database
from data_bank_api.events.stream import EventStream
from data_bank_api.jobs.courier import Courier
from data_bank_api.jobs.dispatcher import DispatcherParts, run_dispatcher
from data_bank_api.jobs.dispatcher_lock import DispatcherLock
from data_bank_api.jobs.webhook_outcome import Reply
from data_bank_api.queue.clock import Clock, utc_now
from data_bank_api.queue.deliveries import Deliveries, WebhookCall

KEPT = 100_000


def answer_nothing(call: WebhookCall) -> Reply:
    raise AssertionError(call)


def parts_at(database: Database, redis_url: str, clock: Clock = utc_now) -> DispatcherParts:
    """Of a dispatcher without webhooks."""
    client = connect(redis_url, retries=0)
    return DispatcherParts(
        database=database,
        redis=client,
        publish=EventStream(client, KEPT).publish,
        courier=Courier(Deliveries(database), answer_nothing),
        clock=clock,
    )


@contextmanager
def dispatching(database_url: str, redis_url: str, *more: str) -> Iterator[subprocess.Popen[bytes]]:
    """Its process is killed at the end, as in the middle it may be."""
    command = [sys.executable, "-m", __name__, database_url, redis_url, *more]
    with subprocess.Popen(command) as process:
        try:
            yield process
        finally:
            process.kill()


def _hold(_lock: DispatcherLock) -> bool:
    return True


def main(database_url: str, redis_url: str, *more: str) -> None:
    parts = parts_at(Database(database_url), redis_url)
    with patch.object(DispatcherLock, "hold", _hold) if "unlocked" in more else nullcontext():
        run_dispatcher(parts, threading.Event().wait)


if __name__ == "__main__":
    main(*sys.argv[1:])
