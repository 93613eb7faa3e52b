"""The processes of `databank worker`: each ends with the one that watches it.

Their settings were checked by that one.
"""

import signal
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

import redis
import structlog

from data_bank_api.commands.leash import end_with
from data_bank_api.commands.orphans import end_with_parent
from data_bank_api.commands.stopping import stop_on_signals
from data_bank_api.config import Settings
from data_bank_api.jobs.child import Duties
from data_bank_api.jobs.dispatcher import run_dispatcher
from data_bank_api.jobs.duties import duties_of
from data_bank_api.jobs.note import Note
from data_bank_api.jobs.run import Terms
from data_bank_api.jobs.worker import JobWorker
from data_bank_api.observability.logs import configure_logs
from data_bank_api.tracing.exporting import get_ready, tracing
from data_bank_api.wiring import build_dispatcher, build_shop, redis_of

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

AWAY = 1  # the exit code where Redis is away for long: the next one tries again


def work(settings: Settings) -> None:
    """Run jobs, one at a time, until SIGTERM or SIGINT."""
    _begin(settings)
    get_ready(settings.traces_endpoint)
    duties = _traced(
        duties_of(
            lambda: build_shop(settings), lambda worker: end_with(worker, signal.SIGKILL), Terms()
        ),
        settings,
    )
    try:
        JobWorker(redis_of(settings), duties, settings.grace_seconds).serve()
    except redis.RedisError as error:  # its text may hold what an address does
        log.warning("Redis does not answer", error=type(error).__name__)
        raise SystemExit(AWAY) from error


def dispatch(settings: Settings) -> None:
    """Bring jobs to the workers and events to who listens, until SIGTERM or SIGINT."""
    _begin(settings)
    parts = build_dispatcher(settings)
    with (
        tracing(settings.traces_endpoint, "dispatcher"),
        closing(parts.database),
        closing(parts.redis),
        closing(parts.courier),
        stop_on_signals() as stop,
    ):

        def pause(seconds: float) -> bool:
            time.sleep(seconds)
            return stop.look()

        run_dispatcher(parts, pause)


def _traced(duties: Duties, settings: Settings) -> Duties:
    """Each run sends its own spans: threads, such as those that send, do not outlive a fork."""

    def run(note: Note, claimed: Callable[[], None]) -> int:
        with tracing(settings.traces_endpoint, "worker"):
            return duties.run(note, claimed)

    return replace(duties, run=run)


def _begin(settings: Settings) -> None:
    end_with_parent()
    configure_logs(settings.log_level)
