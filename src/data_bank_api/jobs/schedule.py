"""What the bank asks itself to do, again and again: a job for each slot of the wall clock.

    sweep              every 5 minutes     key sweep@<slot>
    retention          every hour          key retention@<slot>
    datasets.reconcile every hour          key datasets.reconcile@<slot>
    catalog.refresh    every hour          key catalog.refresh@<slot>, with a token of the Hub only

A slot whose key was ever used is done, so several dispatchers ask once. While a job of the kind
is under way no other is asked for, unless it is older than ten periods. One that waits, but that
Redis has lost, is queued once more: these jobs are who does so for all others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from data_bank_api.jobs.strays import Strays
from data_bank_api.queue.job import Job, NewJob, Wanted
from data_bank_api.queue.jobs import Jobs
from data_bank_api.queue.upkeep import Upkeep
from data_bank_client.errors import ConflictError
from data_bank_client.wire.jobs import ACTIVE_STATES

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

_PERIODS = 10
_LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class Recurring:
    """A job that is due once in each period."""

    kind: str
    period: timedelta

    def key_at(self, now: datetime) -> str:
        return f"{self.kind}@{int(now.timestamp() // self.period.total_seconds())}"

    def is_hindered_by(self, other: Job, now: datetime) -> bool:
        """Whether none is asked for because of an active one of the kind."""
        return other.queued_at > now - _PERIODS * self.period


SCHEDULE = (
    Recurring("sweep", timedelta(minutes=5)),
    Recurring("retention", timedelta(hours=1)),
    Recurring("datasets.reconcile", timedelta(hours=1)),
)
WITH_TOKEN = (*SCHEDULE, Recurring("catalog.refresh", timedelta(hours=1)))


@dataclass(frozen=True, slots=True)
class Scheduler:
    """Of one who holds the dispatcher's lock."""

    jobs: Jobs
    upkeep: Upkeep
    strays: Strays
    schedule: Sequence[Recurring] = SCHEDULE

    def look(self) -> None:
        """Raises ServiceUnavailableError, where Redis or the database is away."""
        for each in self.schedule:
            active = self.jobs.list(Wanted(ACTIVE_STATES, (each.kind,)), None, _LOOKED_AT)
            self.strays.bring_back(self._long_due(active))
            self._ask(each, active)

    def _long_due(self, active: Sequence[Job]) -> list[Job]:
        before = self.jobs.clock() - self.strays.patience
        return [job for job in active if job.state != "started" and job.due_at < before]

    def _ask(self, each: Recurring, active: Sequence[Job]) -> None:
        now = self.jobs.clock()
        key = each.key_at(now)
        if any(each.is_hindered_by(job, now) for job in active):
            return
        if self.upkeep.was_asked(each.kind, key):
            return
        try:
            job = self.jobs.enqueue(NewJob(each.kind, {}, key))
        except ConflictError:
            log.warning("a scheduled job is left out: a job of another kind has its key", key=key)
        else:
            log.debug("a scheduled job is due", kind=each.kind, job_id=job.job_id)
