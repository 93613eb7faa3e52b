"""The calls about the Hub mirror, one function a route of docs/api.md, and all pages of a list."""

import re
from collections.abc import Callable, Generator, Iterable, Sequence
from typing import TypedDict, TypeVar

import msgspec

from data_bank_client.calls.answers import expect, json_reader
from data_bank_client.calls.call import Answer, Call, Flow, Give, Request
from data_bank_client.calls.page_query import page_query
from data_bank_client.errors import InvalidInputError, NotFoundError
from data_bank_client.wire.hub import (
    HUB_LIST_LIMIT,
    ArtifactPage,
    ArtifactStatus,
    ArtifactType,
    HubDownloadQuestion,
    HubJobAnswer,
    HubRegistration,
    HubSyncQuestion,
    RepositoryDetail,
    RepositoryPage,
    RepoType,
    SnapshotAnswer,
    SnapshotPage,
)

ROOT = "/v1/hub"
_REPOSITORY = re.compile(r"\A[0-9a-f]{32}\Z")
_COMMIT = re.compile(r"\A[0-9a-f]{40}\Z")


class RegistrationOptions(TypedDict, total=False):
    """How a repository is mirrored: its `revision`, words for people, which files of it."""

    revision: str
    vendor: str | None
    name: str | None
    include: list[str]
    exclude: list[str]


class ArtifactFilter(TypedDict, total=False):
    """Which artifacts: those of one of these statuses, and of one of these types."""

    status: ArtifactStatus | Sequence[ArtifactStatus] | None
    type: ArtifactType | Sequence[ArtifactType] | None


class _Page(TypedDict):
    next_cursor: str | None
    has_more: bool


P = TypeVar("P", bound=_Page)


def register(repo_id: str, repo_type: RepoType, options: RegistrationOptions) -> Call[HubJobAnswer]:
    """Mirror a repository: the job that lists it. Raises InvalidInputError for what is no text."""
    return _start("register", HubRegistration(repo_id=repo_id, repo_type=repo_type, **options))


def sync(repo_id: str, repo_type: RepoType) -> Call[HubJobAnswer]:
    """List a repository anew."""
    return _start("sync", HubSyncQuestion(repo_id=repo_id, repo_type=repo_type))


def download(repo_id: str, repo_type: RepoType) -> Call[HubJobAnswer]:
    """Fetch all of a repository that is listed."""
    return _start("download", HubDownloadQuestion(repo_id=repo_id, repo_type=repo_type))


def download_artifacts(artifact_ids: Iterable[str]) -> Call[HubJobAnswer]:
    """Fetch some artifacts."""
    return _start("download", HubDownloadQuestion(artifact_ids=list(artifact_ids)))


def list_page(limit: int, cursor: str | None, repo_type: RepoType | None) -> Call[RepositoryPage]:
    """A page of repositories. Raises InvalidInputError."""
    said: dict[str, str] = {} if repo_type is None else {"repo_type": repo_type}
    request = Request("GET", f"{ROOT}/repos", query=page_query(limit, cursor) | said)
    return Call(request, json_reader(RepositoryPage, 200))


def pages(repo_type: RepoType | None) -> Flow[RepositoryPage, None]:
    """Every page of repositories, newest first."""
    return _follow(lambda cursor: list_page(HUB_LIST_LIMIT, cursor, repo_type))


def get(repository_id: str) -> Call[RepositoryDetail]:
    """A repository. Raises InvalidInputError for what cannot be an id."""
    return Call(Request("GET", _path(repository_id)), json_reader(RepositoryDetail, 200))


def list_artifacts(
    repository_id: str, limit: int, cursor: str | None, wanted: ArtifactFilter
) -> Call[ArtifactPage]:
    """A page of artifacts. Raises InvalidInputError."""
    path = f"{_path(repository_id)}/artifacts"
    request = Request("GET", path, query=page_query(limit, cursor) | _query(wanted))
    return Call(request, json_reader(ArtifactPage, 200))


def artifact_pages(repository_id: str, wanted: ArtifactFilter) -> Flow[ArtifactPage, None]:
    """Every page of a repository's artifacts, in the order of their paths."""
    return _follow(lambda cursor: list_artifacts(repository_id, HUB_LIST_LIMIT, cursor, wanted))


def list_snapshots(repository_id: str, limit: int, cursor: str | None) -> Call[SnapshotPage]:
    """A page of snapshots. Raises InvalidInputError."""
    path = f"{_path(repository_id)}/snapshots"
    request = Request("GET", path, query=page_query(limit, cursor))
    return Call(request, json_reader(SnapshotPage, 200))


def get_snapshot(repository_id: str, commit: str) -> Call[SnapshotAnswer]:
    """The snapshot of a commit. Raises InvalidInputError for what cannot be one."""
    if not _COMMIT.match(commit):
        raise InvalidInputError("a commit is 40 hexadecimal digits")
    path = f"{_path(repository_id)}/snapshots/{commit}"
    return Call(Request("GET", path), json_reader(SnapshotAnswer, 200))


def delete(repository_id: str) -> Generator[Request, Answer, None]:
    """Remove a repository. Where an earlier try did and its answer was lost, all is well."""
    request = Request("DELETE", _path(repository_id))
    try:
        yield from Call(request, lambda answer: expect(answer, 204)).ask()
    except NotFoundError as error:
        if not error.is_after_another:
            raise


def _start(
    verb: str, question: HubRegistration | HubSyncQuestion | HubDownloadQuestion
) -> Call[HubJobAnswer]:
    try:
        body = msgspec.json.encode(question)
    except (TypeError, ValueError) as error:
        raise InvalidInputError(f"this cannot be written as JSON: {error}") from error
    headers = {"Content-Type": "application/json"}
    request = Request("POST", f"{ROOT}/{verb}", headers=headers, body=body)
    return Call(request, json_reader(HubJobAnswer, 202))


def _follow(ask: Callable[[str | None], Call[P]]) -> Flow[P, None]:
    cursor: str | None = None
    while True:
        page = yield from ask(cursor).ask()
        yield Give(page)
        cursor = page["next_cursor"]
        if cursor is None:
            return


def _query(wanted: ArtifactFilter) -> dict[str, str]:
    said: dict[str, str] = {}
    for name, value in wanted.items():
        if isinstance(value, str):
            said[name] = value
        elif isinstance(value, Sequence):
            said[name] = ",".join(value)
    return said


def _path(repository_id: str) -> str:
    if not _REPOSITORY.match(repository_id):
        raise InvalidInputError("the id of a repository is 32 hexadecimal digits")
    return f"{ROOT}/repos/{repository_id}"
