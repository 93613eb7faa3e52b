"""The operations of `/datasets` in words and types; their handlers are in `datasets.py`."""

from data_bank_api.api.openapi.description import (
    JSON,
    Answer,
    Body,
    Description,
    Group,
    Header,
    Parameter,
)
from data_bank_api.api.openapi.phrases import (
    MOMENT,
    NEEDS_REDIS,
    REMOVED,
    TEXT,
    job_as,
    page_of,
    paging,
    send_json,
    some_of,
    text_up_to,
)
from data_bank_api.api.openapi.schemas import ANY_CASE_UUID
from data_bank_client import errors
from data_bank_client.wire.datasets import (
    DATASET_LIST_DEFAULT,
    DATASET_LIST_LIMIT,
    DATASET_NAME_LENGTH,
    DATASET_STATUSES,
    DatasetFromFile,
    StoredDataset,
    StoredDatasetPage,
)
from data_bank_client.wire.jobs import JobAnswer
from data_bank_client.wire.reports import Report

DATASETS = Group(
    "Datasets",
    f"Tables that are uploaded, profiled by a job, and told of by a report. {NEEDS_REDIS}",
)

ID = Parameter("id", "path", "The dataset's id, as lists tell it.", ANY_CASE_UUID)

_LOCATION = (Header("Location", "The dataset's address."),)
_DIGESTS = (
    Parameter(
        "Content-Digest",
        "header",
        "RFC 9530, of a form's whole body: it must match, or nothing is stored.",
        TEXT,
    ),
    Parameter("Repr-Digest", "header", "The same.", TEXT),
)
_CACHING = (
    Header("ETag", "The quoted SHA-256 of the report, a strong validator."),
    Header("Last-Modified", "When it was made."),
    Header("Cache-Control", "It may be kept, and is asked for again: another may follow it."),
)

_FROM_FILE = '{"file_id": "ID", "name": "Sales", "content_type": "text/csv"}'

ADD = Description(
    DATASETS,
    "add_dataset",
    "Add a dataset",
    "CSV, JSON, NDJSON or Parquet: as a form with the part `file`, or as JSON that names a file of "
    "the bank, or an artifact of the mirror that it has. The type is that of the part, or as the "
    "file's name ends. A job that makes the report is queued with it. The same bytes are one "
    "dataset: where there is one, it is answered as it is.",
    (
        Answer(201, "It is added, and to be processed.", {JSON: StoredDataset}, _LOCATION),
        Answer(200, "It was there before.", {JSON: StoredDataset}, _LOCATION),
    ),
    parameters=_DIGESTS,
    body=Body(
        "The dataset, or which file it is. `name` may stand before or after `file`.",
        {
            "multipart/form-data": {
                "type": "object",
                "properties": {
                    "name": {"type": "string", "maxLength": DATASET_NAME_LENGTH},
                    "file": {"type": "string", "format": "binary"},
                },
                "required": ["file"],
            },
            JSON: DatasetFromFile,
        },
    ),
    errors=(
        errors.InvalidJsonError,
        errors.NotFoundError,
        errors.PayloadTooLargeError,
        errors.UnsupportedMediaTypeError,
        errors.InvalidInputError,
        errors.DigestMismatchError,
        errors.RateLimitError,
        errors.FileQuarantinedError,
        errors.InsufficientStorageClientError,
    ),
    curl=(
        '-F name=Sales -F file=@data.csv "$DATA_BANK_URL/datasets"',
        send_json("/datasets", _FROM_FILE),
    ),
)

LIST = Description(
    DATASETS,
    "list_stored_datasets",
    "List datasets",
    "Pages of datasets, newest first.",
    (page_of(StoredDatasetPage),),
    parameters=(
        Parameter(
            "status",
            "query",
            "Only those of this status, or of these with commas.",
            some_of(DATASET_STATUSES),
        ),
        Parameter("uploaded_before", "query", "Only those uploaded before, RFC 3339.", MOMENT),
        Parameter("uploaded_after", "query", "Only those uploaded after, RFC 3339.", MOMENT),
        Parameter(
            "name_contains",
            "query",
            "Only those with this in their name.",
            text_up_to(DATASET_NAME_LENGTH),
        ),
        *paging(DATASET_LIST_LIMIT, DATASET_LIST_DEFAULT),
    ),
    errors=(errors.BadRequestError, errors.InvalidInputError),
    curl=('"$DATA_BANK_URL/datasets?status=done&name_contains=sales"',),
)

GET = Description(
    DATASETS,
    "get_stored_dataset",
    "Look at a dataset",
    "Its bytes are `GET /files/{checksum_sha256}`.",
    (Answer(200, "The dataset.", {JSON: StoredDataset}),),
    parameters=(ID,),
    errors=(errors.NotFoundError,),
    curl=('"$DATA_BANK_URL/datasets/ID"',),
)

DELETE = Description(
    DATASETS,
    "remove_stored_dataset",
    "Remove a dataset",
    "What processes it is cancelled. Its file stays in the bank, and may be removed there from now "
    "on; its report is removed there once it is a day old.",
    (REMOVED,),
    parameters=(ID,),
    errors=(errors.NotFoundError,),
    curl=('-X DELETE "$DATA_BANK_URL/datasets/ID"',),
)

PROCESS = Description(
    DATASETS,
    "process_dataset",
    "Make the report of a dataset",
    "Where it is being made, that job is answered; where there is one, the job that made it. With "
    "`force` it is made anew, and the one before is told until then.",
    (job_as(JobAnswer, "The job that makes it, or has made it."),),
    parameters=(
        ID,
        Parameter(
            "force",
            "query",
            "Whether to make it though there is one; else false.",
            {"type": "boolean"},
        ),
    ),
    errors=(errors.NotFoundError, errors.ConflictError, errors.InvalidInputError),
    curl=('-X POST "$DATA_BANK_URL/datasets/ID/process"',),
)

REPORT = Description(
    DATASETS,
    "get_dataset_report",
    "Read the report of a dataset",
    "The newest that was made; 404 until there is one. 503 where its file was lost or damaged: "
    "`POST /datasets/{id}/process?force=true` makes it anew.",
    (
        Answer(200, "The report.", {JSON: Report}, _CACHING),
        Answer(304, "It is the one that is known.", {}, _CACHING),
    ),
    parameters=(
        ID,
        Parameter("If-None-Match", "header", "304 if one of these entity tags is its.", TEXT),
        Parameter("If-Modified-Since", "header", "304 unless it was made later.", TEXT),
        Parameter("If-Match", "header", "412 unless one of these entity tags is its.", TEXT),
        Parameter("If-Unmodified-Since", "header", "412 if it was made later.", TEXT),
    ),
    errors=(errors.NotFoundError, errors.PreconditionFailedError, errors.RateLimitError),
    curl=('"$DATA_BANK_URL/datasets/ID/report"',),
)
