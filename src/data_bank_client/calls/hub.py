"""The calls about the Hub mirror, one function a route of docs/api.md, and all pages of a list."""

import re
from collections.abc import Callable, Generator, Iterable, Sequence
from typing import TypedDict, TypeVar

import msgspec

from data_bank_client.calls import jobs
from data_bank_client.calls.answers import expect, json_reader
from data_bank_client.calls.call import Answer, Call, Flow, Give, Request
from data_bank_client.calls.jobs import JobFilter
from data_bank_client.calls.page_query import page_query
from data_bank_client.errors import InvalidInputError, NotFoundError
from data_bank_client.wire.hub import (
    HUB_LIST_LIMIT,
    ArtifactPage,
    ArtifactStatus,
    ArtifactType,
    HubChange,
    HubDownloadQuestion,
    HubJobAnswer,
    HubRegistration,
    HubScanQuestion,
    HubSyncQuestion,
    RepositoryAnswer,
    RepositoryDetail,
    RepositoryPage,
    RepoType,
    SnapshotAnswer,
    SnapshotPage,
)
from data_bank_client.wire.jobs import JobDetail, JobPage

ROOT = "/v1/hub"
_JSON = {"Content-Type": "application/json"}
_REPOSITORY = re.compile(r"\A[0-9a-f]{32}\Z")
_COMMIT = re.compile(r"\A[0-9a-f]{40}\Z")


class RegistrationOptions(TypedDict, total=False):
    """How a repository is mirrored: its `revision`, words for people, which files, and when."""

    revision: str
    vendor: str | None
    name: str | None
    include: list[str]
    exclude: list[str]
    auto_sync: bool
    sync_hours: int | None
    download: bool


class ArtifactFilter(TypedDict, total=False):
    """Which artifacts: those of one of these statuses, and of one of these types."""

    status: ArtifactStatus | Sequence[ArtifactStatus] | None
    type: ArtifactType | Sequence[ArtifactType] | None


class _Page(TypedDict):
    next_cursor: str | None
    has_more: bool


P = TypeVar("P", bound=_Page)
_Question = HubRegistration | HubSyncQuestion | HubDownloadQuestion | HubScanQuestion


def register(repo_id: str, repo_type: RepoType, options: RegistrationOptions) -> Call[HubJobAnswer]:
    """Mirror a repository: the job that lists it. Raises InvalidInputError for what is no text."""
    return _start("register", HubRegistration(repo_id=repo_id, repo_type=repo_type, **options))


def sync(repo_id: str, repo_type: RepoType, *, download: bool) -> Call[HubJobAnswer]:
    """List a repository anew, and fetch all of it, where it is said."""
    question = HubSyncQuestion(repo_id=repo_id, repo_type=repo_type)
    if download:
        question["download"] = True
    return _start("sync", question)


def download(repo_id: str, repo_type: RepoType) -> Call[HubJobAnswer]:
    """Fetch all of a repository that is listed."""
    return _start("download", HubDownloadQuestion(repo_id=repo_id, repo_type=repo_type))


def download_artifacts(artifact_ids: Iterable[str]) -> Call[HubJobAnswer]:
    """Fetch some artifacts."""
    return _start("download", HubDownloadQuestion(artifact_ids=list(artifact_ids)))


def scan(path: str) -> Call[HubJobAnswer]:
    """Take the files of a folder of the server into the bank."""
    return _start("scan", HubScanQuestion(path=path))


def list_page(
    limit: int, cursor: str | None, repo_type: RepoType | None, repo_id: str | None
) -> Call[RepositoryPage]:
    """A page of repositories. Raises InvalidInputError."""
    wanted = {"repo_type": repo_type, "repo_id": repo_id}
    said = {name: _plain(name, value) for name, value in wanted.items() if value is not None}
    request = Request("GET", f"{ROOT}/repos", query=page_query(limit, cursor) | said)
    return Call(request, json_reader(RepositoryPage, 200))


def pages(repo_type: RepoType | None, repo_id: str | None) -> Flow[RepositoryPage, None]:
    """Every page of repositories, newest first."""
    return _follow(lambda cursor: list_page(HUB_LIST_LIMIT, cursor, repo_type, repo_id))


def get(repository_id: str) -> Call[RepositoryDetail]:
    """A repository. Raises InvalidInputError for what cannot be an id."""
    return Call(Request("GET", _path(repository_id)), json_reader(RepositoryDetail, 200))


def change(repository_id: str, changes: HubChange) -> Call[RepositoryAnswer]:
    """Change a registration. Raises InvalidInputError."""
    request = Request("PATCH", _path(repository_id), headers=_JSON, body=_encode(changes))
    return Call(request, json_reader(RepositoryAnswer, 200))


def list_jobs(limit: int, cursor: str | None, wanted: JobFilter) -> Call[JobPage]:
    """A page of the mirror's jobs. Raises InvalidInputError."""
    return jobs.list_page(limit, cursor, wanted, ROOT)


def job_pages(wanted: JobFilter) -> Flow[JobPage, None]:
    """Every page of these of the mirror's jobs, newest first."""
    return jobs.pages(wanted, ROOT)


def get_job(job_id: str) -> Call[JobDetail]:
    """A job of the mirror. Raises InvalidInputError for what cannot be an id."""
    return jobs.get(job_id, ROOT)


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


def _start(verb: str, question: _Question) -> Call[HubJobAnswer]:
    request = Request("POST", f"{ROOT}/{verb}", headers=_JSON, body=_encode(question))
    return Call(request, json_reader(HubJobAnswer, 202))


def _encode(question: _Question | HubChange) -> bytes:
    try:
        return msgspec.json.encode(question)
    except (TypeError, ValueError) as error:
        raise InvalidInputError(f"this cannot be written as JSON: {error}") from error


def _plain(name: str, text: str) -> str:
    if not text.isprintable():
        raise InvalidInputError(f"{name}: only printable characters are taken")
    return text


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
