"""What the routes of the Hub mirror ask of the database: to be called in its pool."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypedDict

from data_bank_api.api.moment_cursor import next_cursor
from data_bank_api.api.routes.hub_answer import (
    tell_artifact,
    tell_detail,
    tell_job,
    tell_repository,
    tell_snapshot,
)
from data_bank_api.api.routes.hub_place import next_path, next_snapshot
from data_bank_api.db.database import Database
from data_bank_api.hub.artifact import Sums
from data_bank_api.hub.artifacts import Artifacts, Wanted
from data_bank_api.hub.registry import Registry
from data_bank_api.hub.repository import Registration, Repository
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.hub.snapshots import Snapshots
from data_bank_api.jobs.kinds.hub_download import HubDownload
from data_bank_api.jobs.kinds.hub_sync import HubSync
from data_bank_api.jobs.kinds.table import arguments_of
from data_bank_api.jobs.registering import register
from data_bank_api.jobs.syncs import ask_sync
from data_bank_api.queue.job import Job, NewJob, tell
from data_bank_api.queue.job import Wanted as WantedJobs
from data_bank_api.queue.jobs import Jobs
from data_bank_api.queue.key import key_of
from data_bank_api.queue.place import Place
from data_bank_client.errors import ConflictError
from data_bank_client.wire.hub import (
    ArtifactPage,
    HubJobAnswer,
    RepositoryAnswer,
    RepositoryDetail,
    RepositoryPage,
    RepoType,
    SnapshotAnswer,
    SnapshotPage,
)
from data_bank_client.wire.jobs import JobAnswer


class DetailPage(TypedDict):
    """A RepositoryPage of repositories with their artifacts counted."""

    items: list[RepositoryDetail]
    next_cursor: str | None
    has_more: bool


@dataclass(frozen=True, slots=True)
class HubDesk:
    """All of it raises NotFoundError for a repository that is not registered."""

    database: Database
    jobs: Jobs

    def register(self, asked: Registration, *, download: bool) -> HubJobAnswer:
        """Raises ConflictError where it is registered already."""
        return _tell_sync(register(self._registry, self.jobs, asked, download=download), asked.name)

    def mirror(self, name: RepoName) -> HubJobAnswer:
        """Fetch all of it: registered where it is not yet, else what is new of it."""
        try:
            return self.register(Registration.parse(name), download=True)
        except ConflictError:
            return self.sync(HubSync(name.repo_id, name.repo_type, download=True))

    def change(
        self, repository_id: str, revise: Callable[[Registration], Registration]
    ) -> RepositoryAnswer:
        """Raises what `revise` raises, too."""
        return tell_repository(self._registry.change(repository_id, revise))

    def sync(self, asked: HubSync) -> HubJobAnswer:
        """One that keeps itself whole is downloaded, too."""
        found = self._find(asked.repo_id, asked.repo_type)
        download = asked.download or found.asked.auto_sync
        sync = HubSync(asked.repo_id, asked.repo_type, download=download)
        return _tell_sync(ask_sync(self.jobs, sync), found.name)

    def download(self, asked: HubDownload) -> HubJobAnswer:
        """Raises NotFoundError for an artifact that is not there, too."""
        if asked.repo_id is None:
            Artifacts(self.database).get(asked.artifact_ids)
            doing = f"download of {len(asked.artifact_ids)} artifacts"
        else:
            name = self._find(asked.repo_id, asked.repo_type).name
            doing = f"download of the {name.repo_type} {name}"
        return tell_job(self.jobs.enqueue(NewJob(asked.name, arguments_of(asked))), doing)

    def list(
        self,
        list_name: str,
        after: Place | None,
        limit: int,
        repo_type: RepoType | None,
        repo_id: str | None = None,
    ) -> RepositoryPage:
        found, cursor = self._newest(list_name, after, limit, repo_type, repo_id)
        items = [tell_repository(each) for each in found]
        return RepositoryPage(items=items, next_cursor=cursor, has_more=cursor is not None)

    def find(self, name: RepoName) -> RepositoryAnswer:
        return tell_repository(self._registry.find(name))

    def list_whole(
        self,
        list_name: str,
        after: Place | None,
        limit: int,
        repo_type: RepoType | None,
        repo_id: str | None,
    ) -> DetailPage:
        """As `list`, each with its artifacts counted."""
        found, cursor = self._newest(list_name, after, limit, repo_type, repo_id)
        sums = Artifacts(self.database).sums_of_each([each.repository_id for each in found])
        items = [tell_detail(each, sums.get(each.repository_id, Sums({}))) for each in found]
        return DetailPage(items=items, next_cursor=cursor, has_more=cursor is not None)

    def jobs_of(self, name: RepoName, limit: int) -> Sequence[JobAnswer]:
        """The newest jobs that sync or download all of it."""
        asked: list[HubSync | HubDownload] = [
            HubSync(name.repo_id, name.repo_type, download=True),
            HubSync(name.repo_id, name.repo_type, download=False),
            HubDownload(name.repo_id, name.repo_type),
        ]
        keys = tuple(key_of(each.name, arguments_of(each)) for each in asked)
        wanted = WantedJobs(kinds=(HubSync.name, HubDownload.name), keys=keys)
        return [tell(each) for each in self.jobs.list(wanted, None, limit)]

    def get(self, repository_id: str) -> RepositoryDetail:
        repository = self._registry.get(repository_id)
        return tell_detail(repository, Artifacts(self.database).sums(repository_id))

    def remove(self, repository_id: str) -> None:
        self._registry.remove(repository_id)

    def artifacts(
        self, repository_id: str, wanted: Wanted, after: str | None, limit: int
    ) -> ArtifactPage:
        self._registry.get(repository_id)
        found = Artifacts(self.database).list(repository_id, wanted, after, limit + 1)
        cursor = next_path(artifacts_of(repository_id), found, limit)
        items = [tell_artifact(each) for each in found[:limit]]
        return ArtifactPage(items=items, next_cursor=cursor, has_more=cursor is not None)

    def snapshots(self, repository_id: str, before: int | None, limit: int) -> SnapshotPage:
        self._registry.get(repository_id)
        found = Snapshots(self.database).newest(repository_id, before, limit + 1)
        cursor = next_snapshot(snapshots_of(repository_id), found, limit)
        items = [tell_snapshot(repository_id, each) for each in found[:limit]]
        return SnapshotPage(items=items, next_cursor=cursor, has_more=cursor is not None)

    def snapshot(self, repository_id: str, commit: str) -> SnapshotAnswer:
        self._registry.get(repository_id)
        return tell_snapshot(repository_id, Snapshots(self.database).get(repository_id, commit))

    def _newest(
        self,
        list_name: str,
        after: Place | None,
        limit: int,
        repo_type: RepoType | None,
        repo_id: str | None,
    ) -> tuple[Sequence[Repository], str | None]:
        """A page of them, and the cursor of the next one."""
        found = self._registry.newest(after, limit + 1, repo_type, repo_id)
        cursor = next_cursor(list_name, [each.place for each in found], limit)
        return found[:limit], cursor

    @property
    def _registry(self) -> Registry:
        return Registry(self.database)

    def _find(self, repo_id: str, repo_type: RepoType) -> Repository:
        return self._registry.find(RepoName(repo_type, repo_id))


def artifacts_of(repository_id: str) -> str:
    """The list's name, for its cursors."""
    return f"hub/{repository_id}/artifacts"


def snapshots_of(repository_id: str) -> str:
    """The list's name, for its cursors."""
    return f"hub/{repository_id}/snapshots"


def _tell_sync(job: Job, name: RepoName) -> HubJobAnswer:
    """What the job does, which may be more than was asked."""
    rest = " with its download" if job.arguments.get("download") is True else ""
    return tell_job(job, f"sync of the {name.repo_type} {name}{rest}")
