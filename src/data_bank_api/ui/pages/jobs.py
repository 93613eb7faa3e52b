"""`/ui/jobs`: the list, one job and its log, cancelling, retrying, and the events of it all."""

from dataclasses import dataclass

from starlette.responses import Response
from starlette.types import ASGIApp

from data_bank_api.api.event_source import EventSource
from data_bank_api.api.pool import DatabasePool
from data_bank_api.api.routes.events import answer_events
from data_bank_api.api.routes.job_list import make_page, read_job_place, read_wanted
from data_bank_api.api.routes.job_question import read_job_id
from data_bank_api.api.routes.jobs import ASK, scopes_of
from data_bank_api.jobs.kinds.table import KINDS
from data_bank_api.queue.job import Job, tell
from data_bank_api.queue.jobs import Jobs
from data_bank_api.ui.places import READ
from data_bank_api.ui.visit import Visit
from data_bank_api.ui.window import View, Window
from data_bank_api.wiring import Bank
from data_bank_client.wire.jobs import ACTIVE_STATES, JOB_STATES

_ROWS = 50
_LINES = 200  # of a log, which is asked for again and again while a job runs
_LIST = "jobs"
_RETRIED = ("failure", "cancelled")


def job_windows(bank: Bank, pool: DatabasePool, source: EventSource | None) -> list[Window]:
    room = JobPages(bank, pool, source)
    return [
        Window("/ui/jobs", {"GET": View(READ, room.list)}),
        Window("/ui/jobs/{id}", {"GET": View(READ, room.show)}),
        Window("/ui/jobs/{id}/cancel", {"POST": View(ASK, room.cancel)}),
        Window("/ui/jobs/{id}/retry", {"POST": View(ASK, room.retry)}),
        Window("/ui/events", {"GET": View(READ, room.follow)}),
    ]


@dataclass(frozen=True, slots=True)
class JobPages:
    bank: Bank
    pool: DatabasePool
    source: EventSource | None

    async def list(self, visit: Visit) -> Response:
        jobs, query = self._jobs(), visit.query
        wanted, after = read_wanted(query), read_job_place(query, _LIST)
        found = await self.pool.run(jobs.list, wanted, after, _ROWS + 1)
        return visit.show(
            "jobs.html",
            page=make_page(_LIST, found, _ROWS),
            states=JOB_STATES,
            kinds=tuple(KINDS),
            state=query.get("state", ""),
            kind=query.get("kind", ""),
            is_first=after is None,
        )

    async def show(self, visit: Visit) -> Response:
        job, log = await self.pool.run(self._jobs().get_with_log, read_job_id(visit.request))
        is_whole = visit.query.get("log") == "all"
        shown = log if is_whole else log[-_LINES:]
        may_change = visit.session.may(scopes_of(job))
        return visit.show(
            "job.html",
            job=tell(job),
            log=shown,
            log_left_out=len(log) - len(shown),
            is_log_whole=is_whole,
            is_active=job.state in ACTIVE_STATES,
            may_cancel=may_change and job.state in ACTIVE_STATES,
            may_retry=may_change and job.state in _RETRIED,
        )

    async def cancel(self, visit: Visit) -> Response:
        job = await self._changeable(visit)
        await self.pool.run(self._jobs().cancel, job.job_id)
        return visit.lead(f"/ui/jobs/{job.job_id}")

    async def retry(self, visit: Visit) -> Response:
        job = await self._changeable(visit)
        await self.pool.run(self._jobs().retry, job.job_id)
        return visit.lead(f"/ui/jobs/{job.job_id}")

    async def follow(self, visit: Visit) -> ASGIApp:
        return answer_events(self.source, visit.request)

    async def _changeable(self, visit: Visit) -> Job:
        """The job, if this session may change it."""
        job = await self.pool.run(self._jobs().get, read_job_id(visit.request))
        visit.session.require(scopes_of(job))
        return job

    def _jobs(self) -> Jobs:
        return self.bank.require_desk().jobs
