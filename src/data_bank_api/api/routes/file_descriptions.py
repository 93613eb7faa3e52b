"""The operations of `/files` in words and types; their handlers are in `files.py`."""

from data_bank_api.api.openapi.description import (
    ANY_BYTES,
    JSON,
    Answer,
    Body,
    Description,
    Group,
    Header,
    Parameter,
)
from data_bank_api.api.openapi.phrases import (
    BAD_JSON,
    REMOVED,
    TEXT,
    page_of,
    paging,
    send_json,
    text_up_to,
)
from data_bank_api.api.openapi.schemas import ANY_CASE_ID
from data_bank_client import errors
from data_bank_client.wire.files import (
    BATCH_LIMIT,
    LIST_DEFAULT,
    LIST_LIMIT,
    BatchAnswer,
    BatchQuestion,
    FileAnswer,
    FilePage,
)

FILES = Group("Files", "Storing, fetching, listing and removing files, named by their SHA-256.")

ID = Parameter("id", "path", "The file's id: the SHA-256 of its bytes.", ANY_CASE_ID)
IF_MATCH = Parameter(
    "If-Match", "header", "412 unless one of these entity tags is the file's.", TEXT
)
ETAG = Header("ETag", "The quoted SHA-256, a strong validator.")

_STORED_HEADERS = (Header("Location", "The file's address."), ETAG)
_UPLOAD_FIELDS = (
    Parameter(
        "Repr-Digest",
        "header",
        "RFC 9530, `sha-256=:BASE64:` or `sha-512`: what is sent must match, or is not stored.",
        TEXT,
    ),
    Parameter("Content-Digest", "header", "The same.", TEXT),
)
_UPLOAD_ERRORS = (
    errors.PayloadTooLargeError,
    errors.UnsupportedMediaTypeError,
    errors.InvalidInputError,
    errors.DigestMismatchError,
    errors.RateLimitError,
    errors.InsufficientStorageClientError,
)
_CACHING = (
    ETAG,
    Header("Last-Modified", "When the file was first stored."),
    Header("Cache-Control", "A file never changes: it may be kept for ever."),
    Header("Accept-Ranges", "`bytes`."),
)
_BYTES_HEADERS = (
    *_CACHING,
    Header("Repr-Digest", "The file's SHA-256, as RFC 9530 writes it."),
    Header("Content-Disposition", "`attachment`, with the `filename` that was asked for."),
)

LIST = Description(
    FILES,
    "list_files",
    "List files",
    "Pages of files in the order of their ids.",
    (page_of(FilePage),),
    parameters=(
        *paging(LIST_LIMIT, LIST_DEFAULT),
        Parameter(
            "prefix",
            "query",
            "Only files whose id begins with these digits.",
            {"type": "string", "pattern": "^[0-9A-Fa-f]{0,64}$"},
        ),
    ),
    errors=(errors.InvalidInputError,),
    curl=('"$DATA_BANK_URL/files?limit=20"',),
)

POST = Description(
    FILES,
    "store_file",
    "Store a file",
    "The answer means that the file is on the disk, whether it was stored before or not.",
    (Answer(201, "It is stored.", {JSON: FileAnswer}, _STORED_HEADERS),),
    parameters=_UPLOAD_FIELDS,
    body=Body(
        "The bytes, or a form with one part named `file`. A form's digest fields cover its body.",
        {
            "application/octet-stream": ANY_BYTES,
            "*/*": ANY_BYTES,
            "multipart/form-data": {
                "type": "object",
                "properties": {"file": {"type": "string", "format": "binary"}},
                "required": ["file"],
            },
        },
        is_needed=False,
    ),
    errors=_UPLOAD_ERRORS,
    curl=(
        '-F file=@data.csv "$DATA_BANK_URL/files"',
        '--data-binary @data.csv -H "Content-Type: text/csv" "$DATA_BANK_URL/files"',
    ),
)

BATCH = Description(
    FILES,
    "find_files",
    "Ask which files are stored",
    f"Up to {BATCH_LIMIT} ids at once. A copy that is damaged counts as missing.",
    (Answer(200, "What is stored, and what is not.", {JSON: BatchAnswer}),),
    body=Body("The ids.", {JSON: BatchQuestion}),
    errors=BAD_JSON,
    curl=(send_json("/files/batch", '{"file_ids": ["ID"]}'),),
)

GET = Description(
    FILES,
    "fetch_file",
    "Fetch a file",
    "The bytes, whole or in ranges. A file that is fetched whole is hashed again; a damaged copy "
    "is never served whole. An address that the bank has signed needs no key.",
    (
        Answer(200, "The whole.", {"*/*": ANY_BYTES}, _BYTES_HEADERS),
        Answer(
            206,
            "The ranges asked for: one as it is, several as `multipart/byteranges`.",
            {"*/*": ANY_BYTES},
            (*_BYTES_HEADERS, Header("Content-Range", "Of one range.", is_certain=False)),
        ),
        Answer(304, "The copy that you have is the file.", {}, _CACHING),
    ),
    parameters=(
        ID,
        Parameter(
            "filename",
            "query",
            "A name to save it under: 1 to 255 printable characters.",
            text_up_to(255),
        ),
        Parameter("expires", "query", "Of a signed address: seconds since 1970.", TEXT),
        Parameter(
            "signature",
            "query",
            "Of a signed address. It is looked at where no key is sent.",
            TEXT,
        ),
        Parameter(
            "Range",
            "header",
            "`bytes=0-99`, `bytes=100-`, `bytes=-50`, or several with commas. One that cannot be "
            "read is ignored.",
            TEXT,
        ),
        Parameter("If-Range", "header", "Heed `Range` only if this tag or date is it.", TEXT),
        IF_MATCH,
        Parameter(
            "If-None-Match", "header", "304 if one of these entity tags is the file's.", TEXT
        ),
        Parameter(
            "If-Modified-Since", "header", "304 unless it was first stored after this date.", TEXT
        ),
        Parameter(
            "If-Unmodified-Since", "header", "412 if it was first stored after this date.", TEXT
        ),
    ),
    errors=(
        errors.NotFoundError,
        errors.PreconditionFailedError,
        errors.RangeNotSatisfiableError,
        errors.InvalidInputError,
        errors.RateLimitError,
        errors.FileQuarantinedError,
    ),
    curl=(
        '-o copy.csv "$DATA_BANK_URL/files/ID"',
        '-r 0-99 "$DATA_BANK_URL/files/ID"',
        '-OJ "$DATA_BANK_URL/files/ID?filename=copy.csv"',
    ),
)

PUT = Description(
    FILES,
    "store_named_file",
    "Store a file whose id is known",
    "Nothing is stored unless the bytes have this id.",
    (
        Answer(200, "It was stored before, and is again.", {JSON: FileAnswer}, _STORED_HEADERS),
        Answer(201, "It is stored.", {JSON: FileAnswer}, _STORED_HEADERS),
    ),
    parameters=(
        ID,
        *_UPLOAD_FIELDS,
        IF_MATCH,
        Parameter("If-None-Match", "header", "`*`: 412 if it is stored already.", TEXT),
    ),
    body=Body(
        "The bytes.", {"application/octet-stream": ANY_BYTES, "*/*": ANY_BYTES}, is_needed=False
    ),
    errors=(errors.PreconditionFailedError, *_UPLOAD_ERRORS),
    curl=('-T data.csv "$DATA_BANK_URL/files/$(sha256sum data.csv | cut -c-64)"',),
)

DELETE = Description(
    FILES,
    "remove_file",
    "Remove a file",
    "A file that is not there is 204 too, unless the service is set up to say 404. One that a "
    "snapshot of the Hub mirror needs is removed by force only.",
    (REMOVED,),
    parameters=(
        ID,
        Parameter(
            "force",
            "query",
            "Whether to remove it though a snapshot needs it; else false.",
            {"type": "boolean"},
        ),
        IF_MATCH,
    ),
    errors=(
        errors.NotFoundError,
        errors.ConflictError,
        errors.PreconditionFailedError,
        errors.InvalidInputError,
    ),
    curl=('-X DELETE "$DATA_BANK_URL/files/ID"',),
)

INFO = Description(
    FILES,
    "describe_file",
    "Ask what is known of a file",
    "",
    (Answer(200, "The file.", {JSON: FileAnswer}),),
    parameters=(ID,),
    errors=(errors.NotFoundError, errors.InvalidInputError, errors.FileQuarantinedError),
    curl=('"$DATA_BANK_URL/files/ID/info"',),
)
