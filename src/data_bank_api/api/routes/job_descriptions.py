"""The operations of `/jobs` in words and types; their handlers are in `jobs.py`."""

from data_bank_api.api.openapi.description import (
    JSON,
    Answer,
    Body,
    Description,
    Group,
    Header,
    Parameter,
    Schema,
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

JOBS = Group("Jobs", "Long work, done beside the requests. Where `REDIS_URL` is not set, 503.")

ID = Parameter("id", "path", "The job's id.", JOB_ID)

_STATE = "|".join(JOB_STATES)
_NAME: Schema = {"type": "string", "minLength": 1, "maxLength": TEXT_LENGTH}
_MOMENT: Schema = {"type": "string", "format": "date-time"}
_LOCATION = Header("Location", "The job's address.")
_CHANGE_ERRORS = (errors.JobNotFoundError, errors.ConflictError)
_START_CURL = ('-H "Content-Type: application/json" -d \'{"kind": "ping"}\' "$DATA_BANK_URL/jobs"',)
FILTERS = (
    Parameter(
        "state",
        "query",
        "Only jobs of this state, or of these with commas.",
        {"type": "string", "pattern": f"^({_STATE})(,({_STATE}))*$"},
    ),
    Parameter("kind", "query", "Only jobs of this kind.", _NAME),
    Parameter("dataset_id", "query", "Only jobs about this dataset.", _NAME),
    Parameter("queued_before", "query", "Only jobs queued before, RFC 3339.", _MOMENT),
    Parameter("queued_after", "query", "Only jobs queued after, RFC 3339.", _MOMENT),
    Parameter(
        "limit",
        "query",
        "How many at most.",
        {"type": "integer", "minimum": 1, "maximum": JOB_LIST_LIMIT, "default": JOB_LIST_DEFAULT},
    ),
    Parameter("cursor", "query", "The `next_cursor` of the page before.", {"type": "string"}),
)

POST = Description(
    JOBS,
    "start_job",
    "Start a job",
    "It is queued when this is answered, also where Redis is away. One that is under way with "
    "the same key is answered instead: whoever asks twice gets the same job. Without a `key`, kind "
    "and arguments are it. Some kinds need a key for `delete` instead of `upload`.",
    (Answer(202, "It is queued, or under way.", {JSON: JobAnswer}, (_LOCATION,)),),
    body=Body("What is to be done.", {JSON: JobQuestion}),
    errors=(
        errors.InvalidJsonError,
        errors.ConflictError,
        errors.PayloadTooLargeError,
        errors.InvalidInputError,
    ),
    curl=_START_CURL,
)

LIST = Description(
    JOBS,
    "list_jobs",
    "List jobs",
    "Pages of jobs, newest first.",
    (Answer(200, "A page.", {JSON: JobPage}),),
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
