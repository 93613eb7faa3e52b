"""Whether Redis still has what it knew: a mark lies there that nothing but a loss takes away.

    databank:kept    is there once a sweep was asked for after the last loss, or the first start

Where the mark is gone, the notes of the jobs that wait are gone with it. A sweep is asked for as
soon as it can tell all of them from those on their way, which takes its patience.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog

from data_bank_api.broker.failures import redis_errors
from data_bank_api.jobs.strays import Strays
from data_bank_api.queue.job import NewJob
from data_bank_api.queue.jobs import Jobs

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

MARK = "databank:kept"


@dataclass(slots=True)
class Emptied:
    """Of one who holds the dispatcher's lock. It may end anywhere: the mark comes last."""

    jobs: Jobs
    strays: Strays
    _since: datetime | None = None

    def look(self) -> None:
        """Raises ServiceUnavailableError, where Redis or the database is away."""
        now = self.jobs.clock()
        if self._is_marked():
            self._since = None
        elif self._since is None:
            self._since = now
        elif now - self._since > self.strays.patience:
            self._sweep(self._since)

    def _sweep(self, since: datetime) -> None:
        job = self.jobs.enqueue(NewJob("sweep", {}, f"sweep@emptied@{since.timestamp():.0f}"))
        log.info("Redis had lost what it kept, or is new: a sweep is asked for", job_id=job.job_id)
        with redis_errors():
            self.strays.redis.set(MARK, "1")
        self._since = None

    def _is_marked(self) -> bool:
        with redis_errors():
            return bool(self.strays.redis.exists(MARK))
