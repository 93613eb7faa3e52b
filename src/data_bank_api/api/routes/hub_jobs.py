"""`/v1/hub/jobs`: the jobs of the mirror, told as `/jobs` tells all of them."""

from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.types import ASGIApp

from data_bank_api.api.answers import json_answer
from data_bank_api.api.page_query import read_limit
from data_bank_api.api.pool import DatabasePool
from data_bank_api.api.resource import Operation, Resource
from data_bank_api.api.routes import hub_descriptions as told
from data_bank_api.api.routes.job_list import make_page, read_job_place, read_wanted
from data_bank_api.api.routes.job_question import read_job_id
from data_bank_api.auth.scope import Scope
from data_bank_api.jobs.kinds.table import HUB_KINDS
from data_bank_api.queue.job import Wanted, tell
from data_bank_api.queue.jobs import Jobs
from data_bank_api.wiring import Bank
from data_bank_client.errors import JobNotFoundError
from data_bank_client.wire.jobs import JOB_LIST_DEFAULT, JOB_LIST_LIMIT, JobDetail

READ = frozenset({Scope.READ})

_LIST = "hub/jobs"


def hub_job_resources(bank: Bank, pool: DatabasePool) -> list[Resource]:
    room = HubJobRoom(bank, pool)
    return [
        Resource("/v1/hub/jobs", {"GET": Operation(READ, room.list, told.JOBS)}),
        Resource("/v1/hub/jobs/{id}", {"GET": Operation(READ, room.get, told.JOB)}),
    ]


@dataclass(frozen=True, slots=True)
class HubJobRoom:
    bank: Bank
    pool: DatabasePool

    async def list(self, request: Request) -> ASGIApp:
        jobs, query = self._jobs(), request.query_params
        limit = read_limit(query, JOB_LIST_DEFAULT, JOB_LIST_LIMIT)
        wanted, after = of_the_mirror(read_wanted(query)), read_job_place(query, _LIST)
        found = await self.pool.run(jobs.list, wanted, after, limit + 1)
        return json_answer(make_page(_LIST, found, limit))

    async def get(self, request: Request) -> ASGIApp:
        job, log = await self.pool.run(self._jobs().get_with_log, read_job_id(request))
        if job.kind not in HUB_KINDS:
            raise JobNotFoundError("there is no such job of the mirror")
        return json_answer(JobDetail(**tell(job), log=log))

    def _jobs(self) -> Jobs:
        return self.bank.require_desk().jobs


def of_the_mirror(wanted: Wanted) -> Wanted:
    """Those of these jobs that are the mirror's."""
    asked = HUB_KINDS if wanted.kinds is None else wanted.kinds
    return replace(wanted, kinds=tuple(kind for kind in asked if kind in HUB_KINDS))
