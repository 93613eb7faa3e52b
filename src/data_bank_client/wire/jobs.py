"""A job as it is told, and the one vocabulary of its states.

    queued ──► started ──► success
      │        │  ▲  └───► failure
      │        ▼  │
      │      retrying          cancelled, from each of the first three

Times are RFC 3339 in UTC. `progress` is 0 to 100 and does not fall until the job is retried by
hand; `attempts` counts how often it was started.
"""

from typing import Literal, NotRequired, TypeAlias, TypedDict

JobState: TypeAlias = Literal["queued", "started", "retrying", "success", "failure", "cancelled"]
# Whose fault a failure is: the input's, or the service's and what it depends on.
ErrorKind: TypeAlias = Literal["user", "system"]
Level: TypeAlias = Literal["info", "warning", "error"]

ACTIVE_STATES: tuple[JobState, ...] = ("queued", "started", "retrying")
ENDED_STATES: tuple[JobState, ...] = ("success", "failure", "cancelled")
JOB_STATES: tuple[JobState, ...] = (*ACTIVE_STATES, *ENDED_STATES)

QUEUE = "data_bank"
ASKED_QUEUE = "data_bank_asked"  # through which siblings ask by RQ
KEY_LENGTH = 200
USER_ID_LIMIT = 2**63 - 1
LOG_LIMIT = 1000  # lines of a job
JOB_LIST_LIMIT = 1000
JOB_LIST_DEFAULT = 50


class JobQuestion(TypedDict):
    """A job to do. `key` names it among those under way; without one its kind and arguments do."""

    kind: str
    arguments: NotRequired[dict[str, object]]
    key: NotRequired[str | None]
    user_id: NotRequired[int]


class JobError(TypedDict):
    """Why a job failed; `code` is one of the table of errors."""

    kind: ErrorKind
    code: str
    message: str


class JobResult(TypedDict):
    """What a job made: the stored file, where there is one, its size, and what else it tells."""

    result_id: str | None
    result_bytes: int
    details: dict[str, object]


class JobLine(TypedDict):
    """A line of a job's log."""

    at: str
    level: Level
    text: str


class JobAnswer(TypedDict):
    """A job."""

    job_id: str
    kind: str
    arguments: dict[str, object]
    key: str
    state: JobState
    progress: float
    message: str | None
    attempts: int
    queued_at: str
    started_at: str | None
    finished_at: str | None
    result: JobResult | None
    error: JobError | None
    user_id: int
    dataset_id: str | None


class JobDetail(JobAnswer):
    """A job with its log, oldest line first; of a long log the last LOG_LIMIT lines."""

    log: list[JobLine]


class JobPage(TypedDict):
    """A page of jobs, newest first; `next_cursor` asks for the one after it."""

    items: list[JobAnswer]
    next_cursor: str | None
    has_more: bool
