"""`/ui/hub/{id}`: a repository that is mirrored, its files, snapshots and jobs, live."""

import re
from dataclasses import dataclass

from starlette.responses import Response

from data_bank_api.api.pool import DatabasePool
from data_bank_api.api.routes.hub_desk import HubDesk, artifacts_of, snapshots_of
from data_bank_api.api.routes.hub_place import read_path, read_snapshot_number
from data_bank_api.api.routes.hub_question import read_wanted
from data_bank_api.hub.artifacts import Wanted
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.jobs.kinds.hub_download import HubDownload
from data_bank_api.jobs.kinds.hub_sync import HubSync
from data_bank_api.ui.fetched import fetched
from data_bank_api.ui.places import DELETE, HOME, READ, UPLOAD
from data_bank_api.ui.visit import Visit
from data_bank_api.ui.window import View, Window
from data_bank_api.wiring import Bank
from data_bank_client.errors import NotFoundError
from data_bank_client.wire.hub import (
    ARTIFACT_STATUSES,
    ARTIFACT_TYPES,
    ArtifactPage,
    RepositoryDetail,
    SnapshotPage,
)
from data_bank_client.wire.jobs import ACTIVE_STATES, JobAnswer

_ROWS = 50
_SNAPSHOTS, _JOBS = 5, 5
_ID = re.compile(r"\A[0-9a-f]{32}\Z")


def repository_windows(bank: Bank, pool: DatabasePool) -> list[Window]:
    room = RepositoryPages(bank, pool)
    one = "/ui/hub/{id}"
    return [
        Window(one, {"GET": View(READ, room.show)}),
        Window(f"{one}/snapshots", {"GET": View(READ, room.snapshots)}),
        Window(f"{one}/sync", {"POST": View(UPLOAD, room.sync)}),
        Window(f"{one}/download", {"POST": View(UPLOAD, room.download)}),
        Window(
            f"{one}/removal",
            {"GET": View(DELETE, room.ask_to_remove), "POST": View(DELETE, room.remove)},
        ),
    ]


@dataclass(frozen=True, slots=True)
class Seen:
    """A repository and what is beside it, as it is at one moment or nearly."""

    repository: RepositoryDetail
    artifacts: ArtifactPage
    snapshots: SnapshotPage
    jobs: list[JobAnswer]

    @property
    def active_job(self) -> JobAnswer | None:
        return next((each for each in self.jobs if each["state"] in ACTIVE_STATES), None)


@dataclass(frozen=True, slots=True)
class RepositoryPages:
    bank: Bank
    pool: DatabasePool

    async def show(self, visit: Visit) -> Response:
        desk, query, repository_id = self._desk(), visit.query, _id(visit)
        wanted, after = read_wanted(query), read_path(query, artifacts_of(repository_id))
        seen = await self.pool.run(_look, desk, repository_id, wanted, after)
        return visit.show(
            "repository.html",
            seen=seen,
            fetched=fetched(seen.repository["artifacts"]),
            statuses=ARTIFACT_STATUSES,
            types=ARTIFACT_TYPES,
            status=query.get("status", ""),
            type=query.get("type", ""),
            cursor=query.get("cursor", ""),
            is_first=after is None,
        )

    async def snapshots(self, visit: Visit) -> Response:
        desk, repository_id = self._desk(), _id(visit)
        before = read_snapshot_number(visit.request.query_params, snapshots_of(repository_id))
        repository = await self.pool.run(desk.get, repository_id)
        page = await self.pool.run(desk.snapshots, repository_id, before, _ROWS)
        return visit.show(
            "snapshots.html", repository=repository, page=page, is_first=before is None
        )

    async def sync(self, visit: Visit) -> Response:
        desk, found = self._desk(), await self._find(visit)
        await self.pool.run(desk.sync, HubSync(found["repo_id"], found["repo_type"]))
        return _lead(visit)

    async def download(self, visit: Visit) -> Response:
        desk, found = self._desk(), await self._find(visit)
        await self.pool.run(desk.download, HubDownload(found["repo_id"], found["repo_type"]))
        return _lead(visit)

    async def ask_to_remove(self, visit: Visit) -> Response:
        return visit.show("repository_removal.html", repository=await self._find(visit))

    async def remove(self, visit: Visit) -> Response:
        await self.pool.run(self._desk().remove, _id(visit))
        return visit.lead("/ui/hub" if visit.session.may(READ) else HOME)

    async def _find(self, visit: Visit) -> RepositoryDetail:
        return await self.pool.run(self._desk().get, _id(visit))

    def _desk(self) -> HubDesk:
        desk = self.bank.require_desk()
        return HubDesk(desk.database, desk.jobs)


def _look(desk: HubDesk, repository_id: str, wanted: Wanted, after: str | None) -> Seen:
    repository = desk.get(repository_id)
    name = RepoName(repository["repo_type"], repository["repo_id"])
    return Seen(
        repository,
        desk.artifacts(repository_id, wanted, after, _ROWS),
        desk.snapshots(repository_id, None, _SNAPSHOTS),
        list(desk.jobs_of(name, _JOBS)),
    )


def _lead(visit: Visit) -> Response:
    return visit.lead(f"/ui/hub/{visit.id}" if visit.session.may(READ) else HOME)


def _id(visit: Visit) -> str:
    """Raises NotFoundError for what cannot be an id."""
    if not _ID.match(visit.id):
        raise NotFoundError("there is no such repository")
    return visit.id
