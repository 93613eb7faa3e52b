"""`/v1/hub`: the mirror of the Hub. What takes long is done by jobs, the rest is told at once."""

import re
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from data_bank_api.api.answers import json_answer
from data_bank_api.api.moment_cursor import read_moment_place
from data_bank_api.api.page_query import read_limit
from data_bank_api.api.pool import DatabasePool
from data_bank_api.api.resource import Operation, Resource
from data_bank_api.api.routes import hub_descriptions as told
from data_bank_api.api.routes.hub_desk import HubDesk, artifacts_of, snapshots_of
from data_bank_api.api.routes.hub_jobs import hub_job_resources
from data_bank_api.api.routes.hub_place import read_path, read_snapshot_number
from data_bank_api.api.routes.hub_question import (
    read_change,
    read_download,
    read_registration,
    read_repo_id,
    read_repo_type,
    read_sync,
    read_wanted,
)
from data_bank_api.api.routes.hub_scan import hub_scan_resources
from data_bank_api.auth.scope import Scope
from data_bank_api.hub.revision import is_commit
from data_bank_api.wiring import Bank
from data_bank_client.errors import NotFoundError
from data_bank_client.wire.hub import HUB_LIST_DEFAULT, HUB_LIST_LIMIT, HubJobAnswer

READ, UPLOAD, DELETE = (frozenset({scope}) for scope in (Scope.READ, Scope.UPLOAD, Scope.DELETE))

_REPOS, _MODELS = "hub/repos", "hub/models"  # lists, for their cursors
_ID = re.compile(r"\A[0-9a-f]{32}\Z")


def hub_resources(bank: Bank, pool: DatabasePool) -> list[Resource]:
    room = HubRoom(bank, pool)
    one = "/v1/hub/repos/{id}"
    return [
        Resource("/v1/hub/register", {"POST": Operation(UPLOAD, room.register, told.REGISTER)}),
        Resource("/v1/hub/sync", {"POST": Operation(UPLOAD, room.sync, told.SYNC)}),
        Resource("/v1/hub/download", {"POST": Operation(UPLOAD, room.download, told.DOWNLOAD)}),
        Resource("/v1/hub/models", {"GET": Operation(READ, room.models, told.MODELS)}),
        Resource("/v1/hub/repos", {"GET": Operation(READ, room.list, told.LIST)}),
        Resource(
            one,
            {
                "GET": Operation(READ, room.get, told.GET),
                "PATCH": Operation(UPLOAD, room.change, told.CHANGE),
                "DELETE": Operation(DELETE, room.delete, told.DELETE),
            },
        ),
        Resource(f"{one}/artifacts", {"GET": Operation(READ, room.artifacts, told.ARTIFACTS)}),
        Resource(f"{one}/snapshots", {"GET": Operation(READ, room.snapshots, told.SNAPSHOTS)}),
        Resource(
            f"{one}/snapshots/{{commit}}", {"GET": Operation(READ, room.snapshot, told.SNAPSHOT)}
        ),
        *hub_scan_resources(bank, pool),
        *hub_job_resources(bank, pool),
    ]


@dataclass(frozen=True, slots=True)
class HubRoom:
    bank: Bank
    pool: DatabasePool

    async def register(self, request: Request) -> ASGIApp:
        desk, asked = self._desk(), await read_registration(request)
        job = await self.pool.run(desk.register, asked.registration, download=asked.download)
        return _taken(job)

    async def sync(self, request: Request) -> ASGIApp:
        desk, asked = self._desk(), await read_sync(request)
        return _taken(await self.pool.run(desk.sync, asked))

    async def download(self, request: Request) -> ASGIApp:
        desk, asked = self._desk(), await read_download(request)
        return _taken(await self.pool.run(desk.download, asked))

    async def models(self, request: Request) -> ASGIApp:
        desk, after = self._desk(), read_moment_place(request.query_params, _MODELS)
        limit = _limit(request)
        return json_answer(await self.pool.run(desk.list, _MODELS, after, limit, "model"))

    async def list(self, request: Request) -> ASGIApp:
        desk, query = self._desk(), request.query_params
        after, limit = read_moment_place(query, _REPOS), _limit(request)
        repo_type, repo_id = read_repo_type(query), read_repo_id(query)
        page = await self.pool.run(desk.list, _REPOS, after, limit, repo_type, repo_id)
        return json_answer(page)

    async def get(self, request: Request) -> ASGIApp:
        return json_answer(await self.pool.run(self._desk().get, _id(request)))

    async def change(self, request: Request) -> ASGIApp:
        desk, repository_id = self._desk(), _id(request)
        asked = await read_change(request)
        return json_answer(await self.pool.run(desk.change, repository_id, asked.revise))

    async def delete(self, request: Request) -> ASGIApp:
        await self.pool.run(self._desk().remove, _id(request))
        return Response(status_code=204)

    async def artifacts(self, request: Request) -> ASGIApp:
        desk, query, repository_id = self._desk(), request.query_params, _id(request)
        wanted, after = read_wanted(query), read_path(query, artifacts_of(repository_id))
        limit = _limit(request)
        return json_answer(await self.pool.run(desk.artifacts, repository_id, wanted, after, limit))

    async def snapshots(self, request: Request) -> ASGIApp:
        desk, query, repository_id = self._desk(), request.query_params, _id(request)
        before = read_snapshot_number(query, snapshots_of(repository_id))
        limit = _limit(request)
        return json_answer(await self.pool.run(desk.snapshots, repository_id, before, limit))

    async def snapshot(self, request: Request) -> ASGIApp:
        desk, repository_id = self._desk(), _id(request)
        commit = str(request.path_params["commit"])
        if not is_commit(commit):
            raise NotFoundError("there is no snapshot of this commit")
        return json_answer(await self.pool.run(desk.snapshot, repository_id, commit))

    def _desk(self) -> HubDesk:
        desk = self.bank.require_desk()
        return HubDesk(desk.database, desk.jobs)


def _taken(answer: HubJobAnswer) -> ASGIApp:
    return json_answer(answer, 202, {"location": f"/jobs/{answer['job_id']}"})


def _limit(request: Request) -> int:
    return read_limit(request.query_params, HUB_LIST_DEFAULT, HUB_LIST_LIMIT)


def _id(request: Request) -> str:
    """Raises NotFoundError for what cannot be an id."""
    repository_id = str(request.path_params["id"])
    if not _ID.match(repository_id):
        raise NotFoundError("there is no such repository")
    return repository_id
