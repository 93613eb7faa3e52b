"""What the routes of the Hub mirror ask of the database: to be called in its pool."""

from dataclasses import dataclass

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
from data_bank_api.hub.artifacts import Artifacts, Wanted
from data_bank_api.hub.registry import Registry
from data_bank_api.hub.repository import Registration
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.hub.snapshots import Snapshots
from data_bank_api.jobs.kinds.hub_download import HubDownload
from data_bank_api.jobs.kinds.hub_sync import HubSync
from data_bank_api.jobs.kinds.table import arguments_of
from data_bank_api.jobs.registering import register
from data_bank_api.queue.job import Job, NewJob
from data_bank_api.queue.jobs import Jobs
from data_bank_api.queue.place import Place
from data_bank_client.wire.hub import (
    ArtifactPage,
    HubJobAnswer,
    RepositoryDetail,
    RepositoryPage,
    RepoType,
    SnapshotAnswer,
    SnapshotPage,
)


@dataclass(frozen=True, slots=True)
class HubDesk:
    """All of it raises NotFoundError for a repository that is not registered."""

    database: Database
    jobs: Jobs

    def register(self, asked: Registration) -> HubJobAnswer:
        """Raises ConflictError where it is registered already."""
        return tell_job(register(self._registry, self.jobs, asked), _sync_of(asked.name))

    def sync(self, asked: HubSync) -> HubJobAnswer:
        name = self._find(asked.repo_id, asked.repo_type)
        return tell_job(self._enqueue(asked), _sync_of(name))

    def download(self, asked: HubDownload) -> HubJobAnswer:
        """Raises NotFoundError for an artifact that is not there, too."""
        if asked.repo_id is None:
            Artifacts(self.database).get(asked.artifact_ids)
            doing = f"download of {len(asked.artifact_ids)} artifacts"
        else:
            name = self._find(asked.repo_id, asked.repo_type)
            doing = f"download of the {name.repo_type} {name}"
        return tell_job(self._enqueue(asked), doing)

    def list(
        self, list_name: str, repo_type: RepoType | None, after: Place | None, limit: int
    ) -> RepositoryPage:
        found = self._registry.newest(after, limit + 1, repo_type)
        cursor = next_cursor(list_name, [each.place for each in found], limit)
        items = [tell_repository(each) for each in found[:limit]]
        return RepositoryPage(items=items, next_cursor=cursor, has_more=cursor is not None)

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

    @property
    def _registry(self) -> Registry:
        return Registry(self.database)

    def _find(self, repo_id: str, repo_type: RepoType) -> RepoName:
        return self._registry.find(RepoName(repo_type, repo_id)).name

    def _enqueue(self, asked: HubSync | HubDownload) -> Job:
        return self.jobs.enqueue(NewJob(asked.name, arguments_of(asked)))


def artifacts_of(repository_id: str) -> str:
    """The list's name, for its cursors."""
    return f"hub/{repository_id}/artifacts"


def snapshots_of(repository_id: str) -> str:
    """The list's name, for its cursors."""
    return f"hub/{repository_id}/snapshots"


def _sync_of(name: RepoName) -> str:
    return f"sync of the {name.repo_type} {name}"
