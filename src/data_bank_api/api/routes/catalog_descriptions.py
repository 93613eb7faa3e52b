"""The operations of `/api/datasets` in words and types; their handlers are in `catalog.py`."""

from data_bank_api.api.openapi.description import (
    JSON,
    Answer,
    Body,
    Description,
    Group,
    Parameter,
    Schema,
)
from data_bank_api.api.openapi.phrases import (
    BAD_JSON,
    NEEDS_REDIS,
    TEXT,
    job_as,
    limit,
    some_of,
)
from data_bank_api.api.routes.catalog_question import FURTHEST, MOST_TAGS
from data_bank_client import errors
from data_bank_client.wire.catalog import (
    COMMITS_DEFAULT,
    DATASET_SORTS,
    DATASETS_DEFAULT,
    DATASETS_LIMIT,
    FILES_DEFAULT,
    IMPACT_LEVELS,
    SEARCH_LENGTH,
    SORT_ORDERS,
    CacheStatus,
    CatalogJobAnswer,
    CatalogMeta,
    DatasetAnswer,
    DatasetCommits,
    DatasetFiles,
    DatasetPage,
    FileUrl,
    MemoryStatus,
    RefreshQuestion,
)

CATALOG = Group("Catalog", f"Every dataset that the Hub lists, with its impact. {NEEDS_REDIS}")

ID = Parameter(
    "dataset_id",
    "path",
    "The dataset's id; its slash may be plain or `%2F`.",
    {"type": "string", "minLength": 1},
)
_REVISION = Parameter(
    "revision",
    "query",
    "A branch, a tag or a commit.",
    {"type": "string", "minLength": 1, "maxLength": 255, "default": "main"},
)
_OF_THE_HUB = (
    errors.NotFoundError,
    errors.InvalidInputError,
    errors.RateLimitError,
    errors.ExternalServiceError,
    errors.GatewayTimeoutError,
)


def _choice(known: tuple[str, ...], default: str) -> Schema:
    return {"type": "string", "enum": known, "default": default}


LIST = Description(
    CATALOG,
    "list_datasets",
    "List and search datasets",
    "Each word of `search` is the beginning of a word of the id, the description, a tag or the "
    "author, in upper or lower case. With a slash, or without a letter or digit, all of it is a "
    "part of the id. There is no language of queries. A dataset of exactly this id comes first.",
    (Answer(200, "A page; `total` is exact at any offset.", {JSON: DatasetPage}),),
    parameters=(
        limit(DATASETS_LIMIT, DATASETS_DEFAULT),
        Parameter(
            "offset",
            "query",
            "How many to leave out.",
            {"type": "integer", "minimum": 0, "maximum": FURTHEST, "default": 0},
        ),
        Parameter(
            "search",
            "query",
            "What to look for.",
            {"type": "string", "maxLength": SEARCH_LENGTH},
        ),
        Parameter("sort_by", "query", "By what.", _choice(DATASET_SORTS, DATASET_SORTS[0])),
        Parameter(
            "sort_order",
            "query",
            "An unknown size is less than any.",
            _choice(SORT_ORDERS, "desc"),
        ),
        Parameter(
            "impact",
            "query",
            "Only those of this impact, or of these with commas.",
            some_of(IMPACT_LEVELS),
        ),
        Parameter(
            "tag",
            "query",
            f"Only those with this tag, in upper or lower case; up to {MOST_TAGS} times, for those "
            "with all of them.",
            {"type": "array", "items": TEXT, "maxItems": MOST_TAGS},
        ),
    ),
    errors=(errors.InvalidInputError,),
    curl=('"$DATA_BANK_URL/api/datasets?search=question+answer&impact=high&sort_by=likes"',),
)

STATUS = Description(
    CATALOG,
    "get_cache_status",
    "Ask how fresh the catalog is",
    "",
    (Answer(200, "How many datasets, as of when.", {JSON: CacheStatus}),),
    curl=('"$DATA_BANK_URL/api/datasets/cache-status"',),
)

REFRESH = Description(
    CATALOG,
    "refresh_catalog",
    "Have the catalog refreshed",
    "By a job. One that does the same and is under way is answered instead. Without HF_TOKEN, 409.",
    (job_as(CatalogJobAnswer),),
    body=Body("What is to be refreshed.", {JSON: RefreshQuestion}, is_needed=False),
    errors=BAD_JSON,
    curl=('-X POST "$DATA_BANK_URL/api/datasets/refresh-cache"',),
)

META = Description(
    CATALOG,
    "get_catalog_meta",
    "Look at what is kept beside the catalog",
    "",
    (Answer(200, "Of the generation that is served.", {JSON: CatalogMeta}),),
)

MEMORY = Description(
    CATALOG,
    "get_memory_status",
    "Look at the memory of the process that answers",
    "",
    (Answer(200, "The process, its machine, its collector.", {JSON: MemoryStatus}),),
)

METRICS = Description(
    CATALOG,
    "read_catalog_metrics",
    "Read what is counted of the catalog",
    "In the text format of Prometheus. With METRICS_KEY set it takes that key, and no other.",
    (Answer(200, "The figures.", {"text/plain": TEXT}),),
    curl=("$DATA_BANK_URL/api/datasets/metrics",),
)

GET = Description(
    CATALOG,
    "get_dataset",
    "Look at a dataset",
    "",
    (Answer(200, "The dataset.", {JSON: DatasetAnswer}),),
    parameters=(ID,),
    errors=(errors.NotFoundError,),
    curl=('"$DATA_BANK_URL/api/datasets/org/name"',),
)

COMMITS = Description(
    CATALOG,
    "list_dataset_commits",
    "List the commits of a dataset",
    "Newest first, as the Hub tells of them now.",
    (Answer(200, "The newest ones.", {JSON: DatasetCommits}),),
    parameters=(ID, _REVISION, limit(DATASETS_LIMIT, COMMITS_DEFAULT)),
    errors=_OF_THE_HUB,
    curl=('"$DATA_BANK_URL/api/datasets/org/name/commits"',),
)

FILES = Description(
    CATALOG,
    "list_dataset_files",
    "List the files of a dataset",
    "In the order of their paths: of a snapshot, where the bank has one of the revision, else as "
    "the Hub tells of them now.",
    (Answer(200, "Files.", {JSON: DatasetFiles}),),
    parameters=(ID, _REVISION, limit(DATASETS_LIMIT, FILES_DEFAULT)),
    errors=_OF_THE_HUB,
    curl=('"$DATA_BANK_URL/api/datasets/org/name/files"',),
)

FILE_URL = Description(
    CATALOG,
    "get_file_url",
    "Ask where a file can be fetched",
    "Of a file that is mirrored a path of the bank itself, which needs no key for a quarter of an "
    "hour; else the Hub's address.",
    (Answer(200, "The address.", {JSON: FileUrl}),),
    parameters=(
        ID,
        Parameter("filename", "query", "The file's path; it is needed.", TEXT),
        _REVISION,
    ),
    errors=(errors.NotFoundError, errors.InvalidInputError),
    curl=('"$DATA_BANK_URL/api/datasets/org/name/file-url?filename=data.csv"',),
)
