"""The Hub mirror as it is told: repositories, their artifacts, their snapshots.

A repository is registered, then synced: its tree is listed at a commit, each file of it is an
artifact. When the bank has all of them there is a snapshot of that commit, whose manifest is a
file in the bank.

    registered ──► syncing ──► synced          a repository; error: its last try failed
                      └──────► error

    pending ──► downloading ──► completed      an artifact
                     └────────► failed

Times are RFC 3339 in UTC.
"""

from typing import Literal, NotRequired, TypeAlias, TypedDict

from data_bank_client.wire.jobs import JobState

RepoType: TypeAlias = Literal["model", "dataset"]
RepositoryStatus: TypeAlias = Literal["registered", "syncing", "synced", "error"]
ArtifactStatus: TypeAlias = Literal["pending", "downloading", "completed", "failed"]
ArtifactType: TypeAlias = Literal["model", "config", "tokenizer", "other"]

REPO_TYPES: tuple[RepoType, ...] = ("model", "dataset")
ARTIFACT_STATUSES: tuple[ArtifactStatus, ...] = ("pending", "downloading", "completed", "failed")
ARTIFACT_TYPES: tuple[ArtifactType, ...] = ("model", "config", "tokenizer", "other")

HUB_LIST_LIMIT = 1000
HUB_LIST_DEFAULT = 100
SYNC_HOURS_LIMIT = 24 * 365
USUAL_SYNC_HOURS = 24  # of what keeps itself whole and says nothing of hours
REPO_ID_LENGTH = 200
ARTIFACT_IDS_LIMIT = 500  # that one download names


class HubRegistration(TypedDict):
    """A repository to mirror. `revision` is a branch, a tag or a commit; else `main`.

    `vendor` and `name` are words for people. Files are taken where no `include` is given or one
    of them matches, and no `exclude` does. With `download` the first sync fetches all of them. With
    `auto_sync` each does, and there is one every `sync_hours`; these alone sync without that.
    """

    repo_id: str
    repo_type: NotRequired[RepoType]
    revision: NotRequired[str]
    vendor: NotRequired[str | None]
    name: NotRequired[str | None]
    include: NotRequired[list[str]]
    exclude: NotRequired[list[str]]
    auto_sync: NotRequired[bool]
    sync_hours: NotRequired[int | None]
    download: NotRequired[bool]


class HubChange(TypedDict):
    """What is to be another of a registration; what is not there stays as it is."""

    revision: NotRequired[str]
    vendor: NotRequired[str | None]
    name: NotRequired[str | None]
    include: NotRequired[list[str]]
    exclude: NotRequired[list[str]]
    auto_sync: NotRequired[bool]
    sync_hours: NotRequired[int | None]


class HubSyncQuestion(TypedDict):
    """A registered repository to list anew. Without a type it is a model.

    With `download` all of it is fetched then, as it is where the repository has `auto_sync`.
    """

    repo_id: str
    repo_type: NotRequired[RepoType]
    download: NotRequired[bool]


class HubDownloadQuestion(TypedDict):
    """What to fetch: all that is listed of a repository, or artifacts, of any repositories."""

    repo_id: NotRequired[str]
    repo_type: NotRequired[RepoType]
    artifact_ids: NotRequired[list[str]]


class HubScanQuestion(TypedDict):
    """A folder of the server's disk: relative to one of SCAN_ROOTS, or absolute below one."""

    path: str


class HubJobAnswer(TypedDict):
    """The job that does it; one that is under way already is told again."""

    job_id: str
    status: JobState
    message: str


class HubTrouble(TypedDict):
    """What went wrong; `code` is one of the table of errors."""

    code: str
    message: str


class RepositoryAnswer(TypedDict):
    """A repository. `commit` is the one listed last, `head` that of the newest snapshot.

    It is synced by itself at `next_sync_at`, every `sync_hours`; these are null where it is not.
    """

    repository_id: str
    repo_type: RepoType
    repo_id: str
    revision: str
    vendor: str | None
    name: str | None
    include: list[str]
    exclude: list[str]
    auto_sync: bool
    sync_hours: int | None
    status: RepositoryStatus
    error: HubTrouble | None
    commit: str | None
    head: str | None
    registered_at: str
    synced_at: str | None
    next_sync_at: str | None


class HubSum(TypedDict):
    """How many files, and of how many bytes."""

    files: int
    bytes: int


class RepositoryDetail(RepositoryAnswer):
    """A repository with its artifacts counted, by their statuses."""

    artifacts: dict[ArtifactStatus, HubSum]


class RepositoryPage(TypedDict):
    """A page of repositories, newest first; `next_cursor` asks for the one after it."""

    items: list[RepositoryAnswer]
    next_cursor: str | None
    has_more: bool


class ArtifactAnswer(TypedDict):
    """A file of a repository, as it was listed last. `file_id` is there once the bank has it.

    `oid` is git's SHA-1 of it, of a file in LFS that of its pointer; `sha256` is told of those
    alone.
    """

    artifact_id: str
    repository_id: str
    path: str
    size: int
    type: ArtifactType
    format: str | None
    precision: str | None
    commit: str
    oid: str
    sha256: str | None
    status: ArtifactStatus
    file_id: str | None
    error: HubTrouble | None


class ArtifactPage(TypedDict):
    """A page of artifacts, in the order of their paths; `next_cursor` asks for the one after it."""

    items: list[ArtifactAnswer]
    next_cursor: str | None
    has_more: bool


class SnapshotAnswer(TypedDict):
    """What a commit is made of, all of it in the bank: `manifest_id` is the file that tells it."""

    repository_id: str
    commit: str
    manifest_id: str
    files: int
    bytes: int
    created_at: str


class SnapshotPage(TypedDict):
    """A page of snapshots, newest first; `next_cursor` asks for the one after it."""

    items: list[SnapshotAnswer]
    next_cursor: str | None
    has_more: bool
