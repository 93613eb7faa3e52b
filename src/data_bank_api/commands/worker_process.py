"""The processes of `databank worker`: each ends with the one that watches it."""

import signal

import redis
import structlog

from data_bank_api.commands.leash import end_with
from data_bank_api.commands.orphans import end_with_parent
from data_bank_api.config import Settings
from data_bank_api.jobs.duties import duties_of
from data_bank_api.jobs.run import Terms
from data_bank_api.jobs.worker import JobWorker
from data_bank_api.observability.logs import configure_logs
from data_bank_api.wiring import build_shop

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

AWAY = 1  # the exit code where Redis is away for long: the next one tries again


def work(settings: Settings, redis_url: str) -> None:
    """Run jobs, one at a time, until SIGTERM or SIGINT."""
    work_on_terms(settings, redis_url, Terms())


def work_on_terms(settings: Settings, redis_url: str, terms: Terms) -> None:
    end_with_parent()
    configure_logs(settings.log_level)
    duties = duties_of(
        lambda: build_shop(settings), lambda worker: end_with(worker, signal.SIGKILL), terms
    )
    try:
        JobWorker(redis_url, duties, settings.grace_seconds).serve()
    except redis.RedisError as error:  # its text may hold what an address does
        log.warning("Redis does not answer", error=type(error).__name__)
        raise SystemExit(AWAY) from error
