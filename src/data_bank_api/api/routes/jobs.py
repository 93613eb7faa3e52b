"""`/jobs`: asking for work, looking at it, cancelling it, retrying it.

Whoever may upload or delete may ask; which of both a job needs is for its kind to say.
"""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.types import ASGIApp

from data_bank_api.api.answers import json_answer
from data_bank_api.api.page_query import read_limit
from data_bank_api.api.pool import DatabasePool
from data_bank_api.api.resource import Operation, Resource
from data_bank_api.api.routes import job_descriptions as told
from data_bank_api.api.routes.job_list import make_page, read_job_place, read_wanted
from data_bank_api.api.routes.job_question import read_job_id, read_question
from data_bank_api.auth.presented_key import presented_key
from data_bank_api.auth.scope import Scope
from data_bank_api.jobs.kinds.table import KINDS, arguments_of, read_kind
from data_bank_api.queue.job import Job, NewJob, tell
from data_bank_api.queue.jobs import Jobs
from data_bank_api.wiring import Bank
from data_bank_client.wire.jobs import JOB_LIST_DEFAULT, JOB_LIST_LIMIT, JobDetail

READ = frozenset({Scope.READ})
ASK = frozenset({Scope.UPLOAD, Scope.DELETE})

_LIST = "jobs"


def job_resources(bank: Bank, pool: DatabasePool) -> list[Resource]:
    room = JobRoom(bank, pool)
    return [
        Resource(
            "/jobs",
            {
                "GET": Operation(READ, room.list, told.LIST),
                "POST": Operation(ASK, room.post, told.POST),
            },
        ),
        Resource("/jobs/{id}", {"GET": Operation(READ, room.get, told.GET)}),
        Resource("/jobs/{id}/cancel", {"POST": Operation(ASK, room.cancel, told.CANCEL)}),
        Resource("/jobs/{id}/retry", {"POST": Operation(ASK, room.retry, told.RETRY)}),
    ]


@dataclass(frozen=True, slots=True)
class JobRoom:
    bank: Bank
    pool: DatabasePool

    async def post(self, request: Request) -> ASGIApp:
        jobs, asked = self._jobs(), await read_question(request)
        kind = read_kind(asked.kind, asked.arguments)
        self._require(request, frozenset({kind.scope}))
        new = NewJob(kind.name, arguments_of(kind), asked.key, asked.user_id)
        job = await self.pool.run(jobs.enqueue, new)
        return json_answer(tell(job), 202, {"location": f"/jobs/{job.job_id}"})

    async def list(self, request: Request) -> ASGIApp:
        jobs, query = self._jobs(), request.query_params
        limit = read_limit(query, JOB_LIST_DEFAULT, JOB_LIST_LIMIT)
        wanted, after = read_wanted(query), read_job_place(query, _LIST)
        found = await self.pool.run(jobs.list, wanted, after, limit + 1)
        return json_answer(make_page(_LIST, found, limit))

    async def get(self, request: Request) -> ASGIApp:
        job, log = await self.pool.run(self._jobs().get_with_log, read_job_id(request))
        return json_answer(JobDetail(**tell(job), log=log))

    async def cancel(self, request: Request) -> ASGIApp:
        job_id = await self._changeable(request)
        return json_answer(tell(await self.pool.run(self._jobs().cancel, job_id)))

    async def retry(self, request: Request) -> ASGIApp:
        job_id = await self._changeable(request)
        return json_answer(tell(await self.pool.run(self._jobs().retry, job_id)), 202)

    async def _changeable(self, request: Request) -> str:
        """The id of a job that this key may change."""
        job = await self.pool.run(self._jobs().get, read_job_id(request))
        self._require(request, scopes_of(job))
        return job.job_id

    def _jobs(self) -> Jobs:
        return self.bank.require_desk().jobs

    def _require(self, request: Request, scopes: frozenset[Scope]) -> None:
        fields = request.headers
        key = presented_key(fields.get("x-api-key", ""), fields.get("authorization", ""))
        self.bank.keys.authorise(key, scopes)


def scopes_of(job: Job) -> frozenset[Scope]:
    """Of which a key must carry one to change it; of a kind that there is no more, either."""
    return frozenset({KINDS[job.kind].scope}) if job.kind in KINDS else ASK
