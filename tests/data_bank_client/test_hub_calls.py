"""Both clients mirror repositories of the Hub, look at them and forget them."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from typing import Protocol, TypeVar, Unpack

import msgspec
import pytest

from data_bank_client import (
    ArtifactAnswer,
    ArtifactFilter,
    ArtifactPage,
    AsyncDataBankClient,
    ConflictError,
    DataBankClient,
    HubChange,
    HubJobAnswer,
    InvalidInputError,
    JobAnswer,
    JobDetail,
    JobFilter,
    JobNotFoundError,
    JobPage,
    NotFoundError,
    RegistrationOptions,
    RepositoryAnswer,
    RepositoryDetail,
    RepositoryPage,
    RepoType,
    SnapshotAnswer,
    SnapshotPage,
)
from tests.data_bank_client.fake_bank import ADDRESS, KEY, failing, lose, respond
from tests.data_bank_client.fake_hub import (
    COMMIT,
    JOB_TOLD,
    REPOS,
    REPOSITORY,
    SNAPSHOT,
    answering,
    artifact,
    detail,
    in_turn,
    listing,
    page,
    repository,
)
from tests.data_bank_client.fake_jobs import JOB, JobBank, job, without_log

T = TypeVar("T")


class Face(Protocol):
    """What is called of a client here."""

    def close(self) -> None: ...
    def register_repository(
        self, repo_id: str, repo_type: RepoType = "model", **options: Unpack[RegistrationOptions]
    ) -> HubJobAnswer: ...
    def sync_repository(
        self, repo_id: str, repo_type: RepoType = "model", *, download: bool = False
    ) -> HubJobAnswer: ...
    def download_repository(self, repo_id: str, repo_type: RepoType = "model") -> HubJobAnswer: ...
    def download_artifacts(self, artifact_ids: Iterable[str]) -> HubJobAnswer: ...
    def scan_folder(self, path: str) -> HubJobAnswer: ...
    def list_repositories(
        self,
        limit: int = 100,
        cursor: str | None = None,
        repo_type: RepoType | None = None,
        repo_id: str | None = None,
    ) -> RepositoryPage: ...
    def iter_repositories(
        self, repo_type: RepoType | None = None, repo_id: str | None = None
    ) -> Iterator[RepositoryAnswer]: ...
    def change_repository(
        self, repository_id: str, **changes: Unpack[HubChange]
    ) -> RepositoryAnswer: ...
    def list_hub_jobs(
        self, limit: int = 50, cursor: str | None = None, **wanted: Unpack[JobFilter]
    ) -> JobPage: ...
    def iter_hub_jobs(self, **wanted: Unpack[JobFilter]) -> Iterator[JobAnswer]: ...
    def get_hub_job(self, job_id: str) -> JobDetail: ...
    def get_repository(self, repository_id: str) -> RepositoryDetail: ...
    def list_artifacts(
        self,
        repository_id: str,
        limit: int = 100,
        cursor: str | None = None,
        **wanted: Unpack[ArtifactFilter],
    ) -> ArtifactPage: ...
    def iter_artifacts(
        self, repository_id: str, **wanted: Unpack[ArtifactFilter]
    ) -> Iterator[ArtifactAnswer]: ...
    def list_snapshots(
        self, repository_id: str, limit: int = 100, cursor: str | None = None
    ) -> SnapshotPage: ...
    def get_snapshot(self, repository_id: str, commit: str) -> SnapshotAnswer: ...
    def delete_repository(self, repository_id: str) -> None: ...


class Awaited:
    """An AsyncDataBankClient, each call of which is awaited."""

    def __init__(self, bank: AsyncDataBankClient) -> None:
        self._bank = bank
        self._runner = asyncio.Runner()

    def close(self) -> None:
        self._runner.run(self._bank.aclose())
        self._runner.close()

    def register_repository(
        self, repo_id: str, repo_type: RepoType = "model", **options: Unpack[RegistrationOptions]
    ) -> HubJobAnswer:
        return self._runner.run(self._bank.register_repository(repo_id, repo_type, **options))

    def sync_repository(
        self, repo_id: str, repo_type: RepoType = "model", *, download: bool = False
    ) -> HubJobAnswer:
        call = self._bank.sync_repository(repo_id, repo_type, download=download)
        return self._runner.run(call)

    def download_repository(self, repo_id: str, repo_type: RepoType = "model") -> HubJobAnswer:
        return self._runner.run(self._bank.download_repository(repo_id, repo_type))

    def download_artifacts(self, artifact_ids: Iterable[str]) -> HubJobAnswer:
        return self._runner.run(self._bank.download_artifacts(artifact_ids))

    def scan_folder(self, path: str) -> HubJobAnswer:
        return self._runner.run(self._bank.scan_folder(path))

    def list_repositories(
        self,
        limit: int = 100,
        cursor: str | None = None,
        repo_type: RepoType | None = None,
        repo_id: str | None = None,
    ) -> RepositoryPage:
        return self._runner.run(self._bank.list_repositories(limit, cursor, repo_type, repo_id))

    def iter_repositories(
        self, repo_type: RepoType | None = None, repo_id: str | None = None
    ) -> Iterator[RepositoryAnswer]:
        return iter(self._all(self._bank.iter_repositories(repo_type, repo_id)))

    def change_repository(
        self, repository_id: str, **changes: Unpack[HubChange]
    ) -> RepositoryAnswer:
        return self._runner.run(self._bank.change_repository(repository_id, **changes))

    def list_hub_jobs(
        self, limit: int = 50, cursor: str | None = None, **wanted: Unpack[JobFilter]
    ) -> JobPage:
        return self._runner.run(self._bank.list_hub_jobs(limit, cursor, **wanted))

    def iter_hub_jobs(self, **wanted: Unpack[JobFilter]) -> Iterator[JobAnswer]:
        return iter(self._all(self._bank.iter_hub_jobs(**wanted)))

    def get_hub_job(self, job_id: str) -> JobDetail:
        return self._runner.run(self._bank.get_hub_job(job_id))

    def get_repository(self, repository_id: str) -> RepositoryDetail:
        return self._runner.run(self._bank.get_repository(repository_id))

    def list_artifacts(
        self,
        repository_id: str,
        limit: int = 100,
        cursor: str | None = None,
        **wanted: Unpack[ArtifactFilter],
    ) -> ArtifactPage:
        call = self._bank.list_artifacts(repository_id, limit, cursor, **wanted)
        return self._runner.run(call)

    def iter_artifacts(
        self, repository_id: str, **wanted: Unpack[ArtifactFilter]
    ) -> Iterator[ArtifactAnswer]:
        return iter(self._all(self._bank.iter_artifacts(repository_id, **wanted)))

    def list_snapshots(
        self, repository_id: str, limit: int = 100, cursor: str | None = None
    ) -> SnapshotPage:
        return self._runner.run(self._bank.list_snapshots(repository_id, limit, cursor))

    def get_snapshot(self, repository_id: str, commit: str) -> SnapshotAnswer:
        return self._runner.run(self._bank.get_snapshot(repository_id, commit))

    def delete_repository(self, repository_id: str) -> None:
        self._runner.run(self._bank.delete_repository(repository_id))

    def _all(self, items: AsyncGenerator[T, None]) -> list[T]:
        async def gather() -> list[T]:
            return [each async for each in items]

        return self._runner.run(gather())


@pytest.fixture
def bank() -> JobBank:
    return JobBank()


@pytest.fixture(params=["blocking", "asynchronous"])
def client(request: pytest.FixtureRequest, bank: JobBank) -> Iterator[Face]:
    face: Face
    if request.param == "blocking":
        face = DataBankClient(ADDRESS, KEY, transport=bank.transport)
    else:
        face = Awaited(AsyncDataBankClient(ADDRESS, KEY, transport=bank.transport))
    yield face
    face.close()


def sent(bank: JobBank) -> list[dict[str, object]]:
    return [msgspec.json.decode(each.content, type=dict[str, object]) for each in bank.requests]


def test_a_repository_is_registered_as_it_is_asked_for(bank: JobBank, client: Face) -> None:
    bank.kept["POST /v1/hub/register"] = answering(202, JOB_TOLD)
    assert client.register_repository("org/name") == JOB_TOLD
    client.register_repository(
        "org/data", "dataset", revision="v1", vendor="org", name="Data", include=["*.csv"]
    )
    client.register_repository("org/kept", auto_sync=True, sync_hours=6, download=True)
    assert sent(bank) == [
        {"repo_id": "org/name", "repo_type": "model"},
        {
            "repo_id": "org/data",
            "repo_type": "dataset",
            "revision": "v1",
            "vendor": "org",
            "name": "Data",
            "include": ["*.csv"],
        },
        {
            "repo_id": "org/kept",
            "repo_type": "model",
            "auto_sync": True,
            "sync_hours": 6,
            "download": True,
        },
    ]


def test_a_registration_is_changed_as_far_as_it_is_said(bank: JobBank, client: Face) -> None:
    bank.kept[f"PATCH {REPOS}"] = answering(200, repository())
    bank.faults = [lose]
    assert client.change_repository(REPOSITORY, sync_hours=None, revision="v2") == repository()
    client.change_repository(REPOSITORY, auto_sync=True, include=[], vendor=None)
    assert sent(bank)[1:] == [
        {"sync_hours": None, "revision": "v2"},
        {"auto_sync": True, "include": [], "vendor": None},
    ]
    with pytest.raises(InvalidInputError, match="JSON"):
        client.change_repository(REPOSITORY, name="\ud800")


def test_jobs_of_the_mirror_are_listed_and_looked_at(bank: JobBank, client: Face) -> None:
    first, last = (without_log(job("success", job_id=each * 32)) for each in "12")
    bank.kept["GET /v1/hub/jobs"] = in_turn(
        page([first], "next"), page([first], "next"), page([last])
    )
    found = client.list_hub_jobs(7, "abc", state=["queued", "started"], kind="hub.sync")
    assert found == page([first], "next")
    wanted = {"limit": "7", "cursor": "abc", "state": "queued,started", "kind": "hub.sync"}
    assert dict(bank.requests[0].url.params) == wanted
    assert list(client.iter_hub_jobs()) == [first, last]
    bank.kept[f"GET /v1/hub/jobs/{JOB}"] = answering(200, job("success"))
    assert client.get_hub_job(JOB) == job("success")
    bank.faults = [failing(JobNotFoundError("there is no such job of the mirror"))]
    with pytest.raises(JobNotFoundError):
        client.get_hub_job(JOB)


def test_a_repository_that_is_registered_already_is_a_conflict(bank: JobBank, client: Face) -> None:
    bank.faults = [lose, failing(ConflictError("the model org/name is registered already"))]
    with pytest.raises(ConflictError, match="registered already"):
        client.register_repository("org/name")


@pytest.mark.parametrize("name", ["\ud800", "org/\udcff"])
def test_a_name_that_cannot_be_written_is_not_sent(bank: JobBank, client: Face, name: str) -> None:
    with pytest.raises(InvalidInputError, match="JSON"):
        client.register_repository(name)
    assert bank.requests == []


def test_work_is_asked_for_by_repository_or_by_artifacts(bank: JobBank, client: Face) -> None:
    bank.kept["POST /v1/hub/sync"] = bank.kept["POST /v1/hub/download"] = answering(202, JOB_TOLD)
    assert client.sync_repository("org/data", "dataset") == JOB_TOLD
    assert client.sync_repository("org/data", "dataset", download=True) == JOB_TOLD
    assert client.download_repository("org/name") == JOB_TOLD
    assert client.download_artifacts(iter(["a" * 32])) == JOB_TOLD
    assert bank.asked == [*["POST /v1/hub/sync"] * 2, *["POST /v1/hub/download"] * 2]
    assert sent(bank) == [
        {"repo_id": "org/data", "repo_type": "dataset"},
        {"repo_id": "org/data", "repo_type": "dataset", "download": True},
        {"repo_id": "org/name", "repo_type": "model"},
        {"artifact_ids": ["a" * 32]},
    ]


def test_a_folder_of_the_server_is_scanned(bank: JobBank, client: Face) -> None:
    bank.kept["POST /v1/hub/scan"] = answering(202, JOB_TOLD)
    assert client.scan_folder("org/name") == JOB_TOLD
    assert sent(bank) == [{"path": "org/name"}]
    with pytest.raises(InvalidInputError, match="JSON"):
        client.scan_folder("\udcff")


def test_repositories_come_a_page_at_a_time_or_all(bank: JobBank, client: Face) -> None:
    first, last = repository("org/a"), repository("org/b")
    bank.kept["GET /v1/hub/repos"] = in_turn(
        page([first], "next"), page([first], "next"), page([last])
    )
    assert client.list_repositories(7, "abc", "dataset", "org/a") == page([first], "next")
    asked = dict(bank.requests[0].url.params)
    wanted = {"repo_type": "dataset", "repo_id": "org/a"}
    assert asked == {"limit": "7", "cursor": "abc"} | wanted
    assert list(client.iter_repositories()) == [first, last]
    assert [each.url.params.get("cursor") for each in bank.requests[1:]] == [None, "next"]


@pytest.mark.parametrize("name", ["\ud800", "org/\n"])
def test_a_name_that_can_be_none_is_not_looked_for(bank: JobBank, client: Face, name: str) -> None:
    with pytest.raises(InvalidInputError, match="repo_id"):
        list(client.iter_repositories(repo_id=name))
    assert bank.requests == []


def test_a_repository_is_looked_at(bank: JobBank, client: Face) -> None:
    bank.kept[f"GET {REPOS}"] = answering(200, detail())
    assert client.get_repository(REPOSITORY) == detail()


def test_artifacts_are_those_that_are_wanted(bank: JobBank, client: Face) -> None:
    bank.kept[f"GET {REPOS}/artifacts"] = listing(artifact())
    found = client.list_artifacts(REPOSITORY, 7, "abc", status=["pending", "failed"], type="model")
    assert found["items"] == [artifact()]
    wanted = {"status": "pending,failed", "type": "model"}
    assert dict(bank.requests[0].url.params) == {"limit": "7", "cursor": "abc"} | wanted
    assert list(client.iter_artifacts(REPOSITORY, status="failed", type=None)) == [artifact()]
    assert dict(bank.requests[1].url.params) == {"limit": "1000", "status": "failed"}


def test_snapshots_are_listed_and_looked_at(bank: JobBank, client: Face) -> None:
    bank.kept[f"GET {REPOS}/snapshots"] = listing(SNAPSHOT)
    bank.kept[f"GET {REPOS}/snapshots/{COMMIT}"] = answering(200, SNAPSHOT)
    assert client.list_snapshots(REPOSITORY, 7, "abc")["items"] == [SNAPSHOT]
    assert dict(bank.requests[0].url.params) == {"limit": "7", "cursor": "abc"}
    assert client.get_snapshot(REPOSITORY, COMMIT) == SNAPSHOT


def test_a_removal_whose_answer_was_lost_is_done(bank: JobBank, client: Face) -> None:
    bank.kept[f"DELETE {REPOS}"] = lambda _: respond(204)
    client.delete_repository(REPOSITORY)
    gone = failing(NotFoundError("there is no such repository"))
    bank.faults = [lose, gone]
    client.delete_repository(REPOSITORY)
    bank.faults = [gone]
    with pytest.raises(NotFoundError):
        client.delete_repository(REPOSITORY)


@pytest.mark.parametrize("repository_id", ["", "org/name", "A" * 32, f"{REPOSITORY}\n"])
def test_what_can_be_no_id_is_not_asked_about(
    bank: JobBank, client: Face, repository_id: str
) -> None:
    calls: list[Callable[[str], object]] = [
        client.get_repository,
        client.change_repository,
        client.list_artifacts,
        client.list_snapshots,
        client.delete_repository,
    ]
    for call in calls:
        with pytest.raises(InvalidInputError, match="32 hexadecimal digits"):
            call(repository_id)
    assert bank.requests == []


@pytest.mark.parametrize("commit", ["main", "../..", "C" * 40, "c" * 39])
def test_what_can_be_no_commit_is_not_asked_about(bank: JobBank, client: Face, commit: str) -> None:
    with pytest.raises(InvalidInputError, match="40 hexadecimal digits"):
        client.get_snapshot(REPOSITORY, commit)
    assert bank.requests == []
