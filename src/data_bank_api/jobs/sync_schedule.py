"""The syncs that repositories ask for by their schedules, each when its time has come.

    due ──► hub.sync, and the time of the next one: one transaction

So of several dispatchers one asks, and one that is killed has asked or has not. A repository whose
sync is under way is not asked for again, and one whose sync failed not before its next time. What
was missed while nobody looked is made up for once. The times are those of the wall clock: where it
goes back nothing is asked for twice.
"""

from dataclasses import dataclass

import structlog

from data_bank_api.hub.registry import Registry
from data_bank_api.hub.repository import Repository
from data_bank_api.jobs.kinds.hub_sync import HubSync
from data_bank_api.jobs.syncs import ask_sync
from data_bank_api.queue.jobs import Jobs
from data_bank_client.errors import ConflictError

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

# So many at one look, each of which is a transaction: the dispatcher has other things to do.
SOME = 25


@dataclass(frozen=True, slots=True)
class SyncSchedule:
    """Of one who holds the dispatcher's lock."""

    registry: Registry
    jobs: Jobs

    def look(self) -> None:
        """Raises ServiceUnavailableError, where the database is away."""
        for each in self.registry.due(SOME):
            self._ask(each)

    def _ask(self, due: Repository) -> None:
        name = due.name
        sync = HubSync(name.repo_id, name.repo_type, download=due.asked.auto_sync)
        try:
            job = ask_sync(
                self.jobs, sync, lambda session, _: self.registry.plan_next(session, due)
            )
        except ConflictError as error:
            log.info("a scheduled sync is left out", repo=name.repo_id, reason=error.message)
        else:
            log.debug("a scheduled sync is due", repo=name.repo_id, job_id=job.job_id)
