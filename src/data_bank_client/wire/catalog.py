"""The catalog of the Hub's datasets as it is told: pages, one dataset, how the catalog itself is.

The catalog knows every dataset of the Hub, mirrored or not, as it was when the catalog was last
refreshed. Each comes with its impact, and with what that was told by: the first of these metrics
whose lowest threshold is reached.

    metric        high        medium     low         method
    size_bytes    10 GiB      1 GiB      100 MiB     large_size, medium_size, small_size
    downloads     100 000     10 000     1000        downloads
    likes         1000        100        10          likes
    none of them is reached: not_available           size_and_downloads_and_likes_unknown

Times are RFC 3339 in UTC.
"""

from typing import Literal, NotRequired, TypeAlias, TypedDict

from data_bank_client.wire.jobs import JobState

ImpactLevel: TypeAlias = Literal["high", "medium", "low", "not_available"]
ImpactMethod: TypeAlias = Literal[
    "large_size",
    "medium_size",
    "small_size",
    "downloads",
    "likes",
    "size_and_downloads_and_likes_unknown",
]
DatasetSort: TypeAlias = Literal["downloads", "likes", "size_bytes"]
SortOrder: TypeAlias = Literal["asc", "desc"]

IMPACT_LEVELS: tuple[ImpactLevel, ...] = ("high", "medium", "low", "not_available")
DATASET_SORTS: tuple[DatasetSort, ...] = ("downloads", "likes", "size_bytes")
SORT_ORDERS: tuple[SortOrder, ...] = ("asc", "desc")

DATASETS_LIMIT = 1000  # of a page
DATASETS_DEFAULT = 10
COMMITS_DEFAULT = 50
FILES_DEFAULT = 1000
SEARCH_LENGTH = 400  # characters of a query
URL_SECONDS = 15 * 60  # for which a signed address of the bank is good


class ImpactMetrics(TypedDict):
    """What the impact was judged by. A size that the Hub does not tell is None."""

    size_bytes: int | None
    downloads: int
    likes: int


class ImpactSteps(TypedDict):
    """From which value of a metric on the impact is high, medium, low."""

    high: int
    medium: int
    low: int


class ImpactThresholds(TypedDict):
    """The steps of each metric, looked at in this order; they are the same for every dataset."""

    size_bytes: ImpactSteps
    downloads: ImpactSteps
    likes: ImpactSteps


class DatasetAnswer(TypedDict):
    """A dataset as the Hub told of it. `sha` is the commit of its main branch.

    `size_bytes` is that of its main branch, where the Hub does not tell that, of all its
    storage; None is unknown. `gated`: who wants the files has to ask for them first.
    """

    id: str
    author: str | None
    description: str | None
    tags: list[str]
    downloads: int
    likes: int
    size_bytes: int | None
    last_modified: str | None
    created_at: str | None
    gated: bool
    private: bool
    disabled: bool
    sha: str | None
    impact: ImpactLevel
    impact_method: ImpactMethod
    impact_metrics: ImpactMetrics
    impact_thresholds: ImpactThresholds


class DatasetPage(TypedDict):
    """Datasets from an offset on. Pages are counted from 1, each of as many as the limit says.

    `total` is that of all that were asked for, exactly, also where the offset is past the end.
    `warming_up`: there is no catalog yet, its first refresh is still to end.
    """

    total: int
    current_page: int
    total_pages: int
    next_page: int | None
    prev_page: int | None
    items: list[DatasetAnswer]
    warming_up: bool


class CacheStatus(TypedDict):
    """How many datasets there are, as of when, and whether a refresh is under way."""

    total_items: int
    last_update: str | None
    warming_up: bool
    refreshing: bool


class CatalogMeta(TypedDict):
    """What is kept beside the catalog that is served. `generation` names that; None: none yet."""

    generation: str | None
    last_update: str | None
    total_items: int
    refreshing: bool


class ProcessMemory(TypedDict):
    """Of the process that answered. What the system does not tell is None."""

    pid: int
    rss_bytes: int | None
    peak_rss_bytes: int | None
    threads: int


class SystemMemory(TypedDict):
    """Of the machine, or of the container where that has a limit."""

    total_bytes: int | None
    available_bytes: int | None


class CollectorGeneration(TypedDict):
    """A generation of Python's garbage collector, since the process began."""

    threshold: int
    count: int
    collections: int
    collected: int
    uncollectable: int


class MemoryStatus(TypedDict):
    """The memory of the process that answered, of its machine, and its garbage collector."""

    process: ProcessMemory
    system: SystemMemory
    garbage_collector: list[CollectorGeneration]


class RefreshQuestion(TypedDict):
    """What is to be refreshed. Without `full` the policy decides: all, or what changed since.

    `force` takes a catalog of far fewer datasets than the last one for true.
    """

    full: NotRequired[bool | None]
    force: NotRequired[bool]


class CatalogJobAnswer(TypedDict):
    """The job that does it; one that is under way already is told again."""

    job_id: str
    status: JobState
    message: str


class DatasetCommit(TypedDict):
    """A commit of a dataset, as the Hub tells of it."""

    id: str
    title: str
    message: str
    authors: list[str]
    date: str


class DatasetCommits(TypedDict):
    """The newest commits of a revision; `has_more`: there are older ones."""

    items: list[DatasetCommit]
    has_more: bool


class DatasetFile(TypedDict):
    """A file of a revision. `oid` is git's SHA-1, of a file in LFS that of its pointer.

    `sha256` is told of those in LFS; `file_id` where the bank has the file.
    """

    path: str
    size: int
    oid: str
    sha256: str | None
    file_id: str | None


class DatasetFiles(TypedDict):
    """The files of a revision in the order of their paths; `has_more`: there are others."""

    items: list[DatasetFile]
    has_more: bool


class FileUrl(TypedDict):
    """Where a file can be fetched without a key.

    Of a file that the bank has `url` is a path of its own, with a signature, good until
    `expires_at`; `file_id` is its digest. Else it is the Hub's address, and both are None.
    """

    url: str
    filename: str
    revision: str
    file_id: str | None
    expires_at: str | None
