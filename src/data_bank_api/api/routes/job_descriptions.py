"""The operations of `/jobs` in words and types; their handlers are in `jobs.py`."""

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
    MOMENT,
    NEEDS_REDIS,
    job_as,
    page_of,
    paging,
    some_of,
    text_up_to,
)
from data_bank_api.api.openapi.schemas import JOB_ID
from data_bank_api.api.routes.job_list import TEXT_LENGTH
from data_bank_client import errors
from data_bank_client.wire.jobs import (
    JOB_LIST_DEFAULT,
    JOB_LIST_LIMIT,
    JOB_STATES,
    JobAnswer,
    JobDetail,
    JobPage,
    JobQuestion,
)

JOBS = Group("Jobs", f"Long work, done beside the requests. {NEEDS_REDIS}")

ID = Parameter("id", "path", "The job's id.", JOB_ID)

_NAME = text_up_to(TEXT_LENGTH)
_CHANGE_ERRORS = (errors.JobNotFoundError, errors.ConflictError)
_START_CURL = ('-H "Content-Type: application/json" -d \'{"kind": "ping"}\' "$DATA_BANK_URL/jobs"',)
FILTERS = (
    Parameter(
        "state",
        "query",
        "Only jobs of this state, or of these with commas.",
        some_of(JOB_STATES),
    ),
    Parameter("kind", "query", "Only jobs of this kind.", _NAME),
    Parameter("dataset_id", "query", "Only jobs about this dataset.", _NAME),
    Parameter("queued_before", "query", "Only jobs queued before, RFC 3339.", MOMENT),
    Parameter("queued_after", "query", "Only jobs queued after, RFC 3339.", MOMENT),
    *paging(JOB_LIST_LIMIT, JOB_LIST_DEFAULT),
)

POST = Description(
    JOBS,
    "start_job",
    "Start a job",
    "It is queued when this is answered, also where Redis is away. One that is under way with "
    "the same key is answered instead: whoever asks twice gets the same job. Without a `key`, kind "
    "and arguments are it. Some kinds need a key for `delete` instead of `upload`.",
    (job_as(JobAnswer),),
    body=Body("What is to be done.", {JSON: JobQuestion}),
    errors=(*BAD_JSON, errors.ConflictError),
    curl=_START_CURL,
)

LIST = Description(
    JOBS,
    "list_jobs",
    "List jobs",
    "Pages of jobs, newest first.",
    (page_of(JobPage),),
    parameters=FILTERS,
    errors=(errors.InvalidInputError,),
    curl=('"$DATA_BANK_URL/jobs?state=queued,started,retrying"',),
)

GET = Description(
    JOBS,
    "describe_job",
    "Look at a job and its log",
    "",
    (Answer(200, "The job.", {JSON: JobDetail}),),
    parameters=(ID,),
    errors=(errors.JobNotFoundError,),
    curl=('"$DATA_BANK_URL/jobs/ID"',),
)

CANCEL = Description(
    JOBS,
    "cancel_job",
    "Cancel a job",
    "What runs of it stops within seconds and leaves nothing half done. One that was cancelled "
    "before is answered as it is. Needs the key that its kind needs.",
    (Answer(200, "It is cancelled.", {JSON: JobAnswer}),),
    parameters=(ID,),
    errors=_CHANGE_ERRORS,
    curl=('-X POST "$DATA_BANK_URL/jobs/ID/cancel"',),
)

RETRY = Description(
    JOBS,
    "retry_job",
    "Begin a job anew that failed or was cancelled",
    "Needs the key that its kind needs.",
    (Answer(202, "It is queued.", {JSON: JobAnswer}),),
    parameters=(ID,),
    errors=_CHANGE_ERRORS,
    curl=('-X POST "$DATA_BANK_URL/jobs/ID/retry"',),
)
