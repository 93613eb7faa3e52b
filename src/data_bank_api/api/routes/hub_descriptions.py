"""The operations of `/v1/hub` in words and types; their handlers are in `hub.py`."""

from data_bank_api.api.openapi.description import (
    JSON,
    Answer,
    Body,
    Description,
    Group,
    Parameter,
)
from data_bank_api.api.openapi.phrases import (
    BAD_JSON,
    NEEDS_REDIS,
    REMOVED,
    job_as,
    page_of,
    paging,
    send_json,
    some_of,
    text_up_to,
)
from data_bank_api.api.openapi.schemas import COMMIT, JOB_ID
from data_bank_api.api.routes.job_descriptions import FILTERS
from data_bank_api.api.routes.job_descriptions import ID as A_JOB
from data_bank_client import errors
from data_bank_client.wire.hub import (
    ARTIFACT_STATUSES,
    ARTIFACT_TYPES,
    HUB_LIST_DEFAULT,
    HUB_LIST_LIMIT,
    REPO_ID_LENGTH,
    REPO_TYPES,
    ArtifactPage,
    HubChange,
    HubDownloadQuestion,
    HubJobAnswer,
    HubRegistration,
    HubScanQuestion,
    HubSyncQuestion,
    RepositoryAnswer,
    RepositoryDetail,
    RepositoryPage,
    SnapshotAnswer,
    SnapshotPage,
)
from data_bank_client.wire.jobs import JobDetail, JobPage

HUB = Group("Hub", f"Repositories of the Hugging Face Hub, mirrored. {NEEDS_REDIS}")

ID = Parameter("id", "path", "The repository's id, as lists tell it.", JOB_ID)
_COMMIT = Parameter("commit", "path", "The commit's full name.", COMMIT)
_PAGE = paging(HUB_LIST_LIMIT, HUB_LIST_DEFAULT)
_ITS_JOB = job_as(HubJobAnswer)

REGISTER = Description(
    HUB,
    "register_repository",
    "Mirror a repository",
    "It is registered and its first sync is queued, both or neither. A sync fetches what is small; "
    "with `download` the same job then fetches the rest. With `auto_sync` it does, too, and the "
    "repository is synced and downloaded again each `sync_hours` (24, unless said otherwise); with "
    "`sync_hours` alone it is synced again.",
    (_ITS_JOB,),
    body=Body("Which repository, and which of its files.", {JSON: HubRegistration}),
    errors=(*BAD_JSON, errors.ConflictError),
    curl=(send_json("/v1/hub/register", '{"repo_id": "org/name"}'),),
)

SYNC = Description(
    HUB,
    "sync_repository",
    "Sync a repository",
    "Its revision is pinned to a commit, its tree listed, small metadata fetched. What the bank "
    "has already is completed without fetching it. With `download`, or where the repository has "
    "`auto_sync`, the same job then fetches the rest.",
    (_ITS_JOB,),
    body=Body("Which one; it is registered.", {JSON: HubSyncQuestion}),
    errors=(*BAD_JSON, errors.NotFoundError),
    curl=(send_json("/v1/hub/sync", '{"repo_id": "org/name"}'),),
)

DOWNLOAD = Description(
    HUB,
    "download_repository",
    "Download a repository",
    "What is listed and not in the bank is fetched and verified: all of a repository, or the "
    "artifacts that are named. When the bank has all of it, there is a snapshot.",
    (_ITS_JOB,),
    body=Body("`repo_id`, or `artifact_ids`.", {JSON: HubDownloadQuestion}),
    errors=(*BAD_JSON, errors.NotFoundError),
    curl=(send_json("/v1/hub/download", '{"repo_id": "org/name"}'),),
)

SCAN = Description(
    HUB,
    "scan_folder",
    "Scan a folder of the server",
    "Its files come into the bank, and what registered repositories wait for is completed by them. "
    "Only below one of `SCAN_ROOTS`, else 403.",
    (_ITS_JOB,),
    body=Body("Relative to one of `SCAN_ROOTS`, or absolute below one.", {JSON: HubScanQuestion}),
    errors=(*BAD_JSON, errors.NotFoundError),
    curl=(send_json("/v1/hub/scan", '{"path": "models/org/name"}'),),
)

MODELS = Description(
    HUB,
    "list_models",
    "List models",
    "The repositories of models, newest first.",
    (page_of(RepositoryPage),),
    parameters=_PAGE,
    errors=(errors.BadRequestError, errors.InvalidInputError),
    curl=('"$DATA_BANK_URL/v1/hub/models"',),
)

LIST = Description(
    HUB,
    "list_repositories",
    "List repositories",
    "Those that are registered, newest first.",
    (page_of(RepositoryPage),),
    parameters=(
        Parameter(
            "repo_type", "query", "Only those of this type.", {"type": "string", "enum": REPO_TYPES}
        ),
        Parameter("repo_id", "query", "Only those of this name.", text_up_to(REPO_ID_LENGTH)),
        *_PAGE,
    ),
    errors=(errors.BadRequestError, errors.InvalidInputError),
    curl=('"$DATA_BANK_URL/v1/hub/repos?repo_type=dataset"',),
)

GET = Description(
    HUB,
    "get_repository",
    "Look at a repository",
    "How its last sync or download went, and how many of its files are in the bank.",
    (Answer(200, "The repository.", {JSON: RepositoryDetail}),),
    parameters=(ID,),
    errors=(errors.NotFoundError,),
    curl=('"$DATA_BANK_URL/v1/hub/repos/ID"',),
)

DELETE = Description(
    HUB,
    "remove_repository",
    "Remove a repository",
    "Its registration, its artifacts and its snapshots. The files stay in the bank.",
    (REMOVED,),
    parameters=(ID,),
    errors=(errors.NotFoundError,),
    curl=('-X DELETE "$DATA_BANK_URL/v1/hub/repos/ID"',),
)

ARTIFACTS = Description(
    HUB,
    "list_artifacts",
    "List the artifacts of a repository",
    "Its files as they were listed last, in the order of their paths.",
    (page_of(ArtifactPage),),
    parameters=(
        ID,
        Parameter(
            "status",
            "query",
            "Only those of this status, or of these with commas.",
            some_of(ARTIFACT_STATUSES),
        ),
        Parameter(
            "type",
            "query",
            "Only those of this type, or of these with commas.",
            some_of(ARTIFACT_TYPES),
        ),
        *_PAGE,
    ),
    errors=(errors.BadRequestError, errors.NotFoundError, errors.InvalidInputError),
    curl=('"$DATA_BANK_URL/v1/hub/repos/ID/artifacts?status=failed"',),
)

SNAPSHOTS = Description(
    HUB,
    "list_snapshots",
    "List the snapshots of a repository",
    "Newest first.",
    (page_of(SnapshotPage),),
    parameters=(ID, *_PAGE),
    errors=(errors.BadRequestError, errors.NotFoundError, errors.InvalidInputError),
    curl=('"$DATA_BANK_URL/v1/hub/repos/ID/snapshots"',),
)

SNAPSHOT = Description(
    HUB,
    "get_snapshot",
    "Look at a snapshot",
    "`manifest_id` is the file that has each path with its SHA-256: `GET /files/{manifest_id}`.",
    (Answer(200, "The snapshot.", {JSON: SnapshotAnswer}),),
    parameters=(ID, _COMMIT),
    errors=(errors.NotFoundError,),
    curl=('"$DATA_BANK_URL/v1/hub/repos/ID/snapshots/COMMIT"',),
)

JOBS = Description(
    HUB,
    "list_hub_jobs",
    "List the jobs of the mirror",
    "Those that sync, download, scan and ingest, newest first, as `GET /jobs` lists all.",
    (page_of(JobPage),),
    parameters=FILTERS,
    errors=(errors.BadRequestError, errors.InvalidInputError),
    curl=('"$DATA_BANK_URL/v1/hub/jobs?state=queued,started,retrying"',),
)

JOB = Description(
    HUB,
    "describe_hub_job",
    "Look at a job of the mirror and its log",
    "",
    (Answer(200, "The job.", {JSON: JobDetail}),),
    parameters=(A_JOB,),
    errors=(errors.JobNotFoundError,),
    curl=('"$DATA_BANK_URL/v1/hub/jobs/ID"',),
)

CHANGE = Description(
    HUB,
    "change_repository",
    "Change what is mirrored of a repository, and when",
    "Only the fields that are there are changed. What is listed stays as it is until the next "
    "sync. One with `auto_sync` of which that, `revision` or a pattern is new is synced within "
    "seconds.",
    (Answer(200, "The repository as it is now.", {JSON: RepositoryAnswer}),),
    parameters=(ID,),
    body=Body("What is to be another.", {JSON: HubChange}),
    errors=(*BAD_JSON, errors.NotFoundError),
    curl=("-X PATCH " + send_json("/v1/hub/repos/ID", '{"auto_sync": true}'),),
)
