"""What a bank tells of its mirror of the Hub, for a JobBank's `kept`."""

from collections.abc import Callable, Mapping, Sequence

import httpx2
import msgspec

from data_bank_client.wire.hub import (
    ArtifactAnswer,
    HubJobAnswer,
    HubSum,
    HubTrouble,
    RepositoryAnswer,
    RepositoryDetail,
    RepoType,
    SnapshotAnswer,
)
from tests.data_bank_client.fake_bank import respond
from tests.data_bank_client.fake_jobs import AT, JOB

REPOSITORY = "7" * 32
COMMIT = "c" * 40
MANIFEST = "d" * 64
REPOS = f"/v1/hub/repos/{REPOSITORY}"
JOB_TOLD = HubJobAnswer(job_id=JOB, status="queued", message="sync of the model org/name: queued")
TROUBLE = HubTrouble(code="EXTERNAL_SERVICE_ERROR", message="the Hub\nis away")


def repository(
    repo_id: str = "org/name", repo_type: RepoType = "model", repository_id: str = REPOSITORY
) -> RepositoryAnswer:
    return RepositoryAnswer(
        repository_id=repository_id,
        repo_type=repo_type,
        repo_id=repo_id,
        revision="main",
        vendor=None,
        name=None,
        include=[],
        exclude=["*.bin"],
        auto_sync=False,
        sync_hours=None,
        status="synced",
        error=None,
        commit=COMMIT,
        head=COMMIT,
        registered_at=AT,
        synced_at=AT,
        next_sync_at=None,
    )


def detail() -> RepositoryDetail:
    return RepositoryDetail(**repository(), artifacts={"completed": HubSum(files=2, bytes=30)})


def artifact(path: str = "config.json", error: HubTrouble | None = None) -> ArtifactAnswer:
    return ArtifactAnswer(
        artifact_id="a" * 32,
        repository_id=REPOSITORY,
        path=path,
        size=30,
        type="config",
        format="json",
        precision=None,
        commit=COMMIT,
        oid="b" * 40,
        sha256=None,
        status="completed" if error is None else "failed",
        file_id="e" * 64 if error is None else None,
        error=error,
    )


SNAPSHOT = SnapshotAnswer(
    repository_id=REPOSITORY,
    commit=COMMIT,
    manifest_id=MANIFEST,
    files=2,
    bytes=30,
    created_at=AT,
)


def answering(status: int, answer: object) -> Callable[[httpx2.Request], httpx2.Response]:
    content = msgspec.json.encode(answer)
    return lambda _: respond(status, content, Content_Type="application/json")


def listing_repositories(
    *repositories: RepositoryAnswer,
) -> Callable[[httpx2.Request], httpx2.Response]:
    """All of them, or those of the type and of the name that are asked for."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked = request.url.params
        repo_type, repo_id = asked.get("repo_type"), asked.get("repo_id")
        of_type = [each for each in repositories if repo_type in {None, each["repo_type"]}]
        found = [each for each in of_type if repo_id in {None, each["repo_id"]}]
        return answering(200, page(found))(request)

    return answer


def page(items: Sequence[object], next_cursor: str | None = None) -> Mapping[str, object]:
    return {"items": items, "next_cursor": next_cursor, "has_more": next_cursor is not None}


def listing(*items: object) -> Callable[[httpx2.Request], httpx2.Response]:
    return answering(200, page(items))


def in_turn(*answers: object) -> Callable[[httpx2.Request], httpx2.Response]:
    """Each of these once."""
    left = iter([answering(200, each) for each in answers])

    def answer(request: httpx2.Request) -> httpx2.Response:
        return next(left)(request)

    return answer
