"""What an operation can answer, as OpenAPI tells it: its own answers, and errors by status.

The statuses and codes of errors are those of the one table, their words those of their classes.
"""

from collections import defaultdict
from collections.abc import Iterator
from inspect import getdoc

from data_bank_api.api.openapi.description import JSON, Answer, Content, Header, Schema
from data_bank_api.api.openapi.schemas import reference
from data_bank_api.api.resource import Operation
from data_bank_client import errors
from data_bank_client.errors import DataBankClientError
from data_bank_client.wire.problem import STATUSES, Problem

Kinds = tuple[type[DataBankClientError], ...]

# What every operation can answer, one that asks for a key, and one that takes a body.
ALWAYS: Kinds = (errors.BadRequestError, errors.InternalError, errors.ServiceUnavailableError)
WITH_KEY: Kinds = (errors.AuthorizationError, errors.ForbiddenError)
WITH_BODY: Kinds = (errors.RequestTimeoutError,)

ERROR_HEADERS: dict[type[DataBankClientError], Header] = {
    errors.AuthorizationError: Header("WWW-Authenticate", "How to send a key."),
    errors.RateLimitError: Header("Retry-After", "The seconds to wait."),
    errors.ServiceUnavailableError: Header("Retry-After", "The seconds to wait.", is_certain=False),
    errors.RangeNotSatisfiableError: Header("Content-Range", "The file's size: `bytes */SIZE`."),
}

ANSWERED_ID = Header("X-Request-ID", "The id of this request, as sent or made.")

# HEAD is answered as GET, but reads no Range.
NOT_OF_HEAD = {206, STATUSES[errors.RangeNotSatisfiableError]}


def responses(operation: Operation, *, is_head: bool) -> dict[str, object]:
    """By status, in order; where an error has the status of an answer, either may come."""
    found: dict[str, list[Answer]] = defaultdict(list)
    for answer in (*operation.description.answers, *_errors(operation)):
        if not (is_head and answer.status in NOT_OF_HEAD):
            found[str(answer.status)].append(answer)
    return {status: _response(found[status], is_head=is_head) for status in sorted(found)}


def _response(answers: list[Answer], *, is_head: bool) -> dict[str, object]:
    headers = [header for answer in answers for header in answer.headers] + [ANSWERED_ID]
    told: dict[str, object] = {
        "description": "\n\n".join(answer.says for answer in answers),
        "headers": {each.name: _header(each, is_only=len(answers) == 1) for each in headers},
    }
    content = {} if is_head else _either([content_of(answer.content) for answer in answers])
    return {**told, "content": content} if content else told


def _either(contents: list[dict[str, dict[str, Schema]]]) -> dict[str, dict[str, Schema]]:
    """One content where several are possible, by media type."""
    schemas: dict[str, list[Schema]] = defaultdict(list)
    for content in contents:
        for media_type, told in content.items():
            schemas[media_type].append(told["schema"])
    return {
        media_type: {"schema": several[0] if len(several) == 1 else {"anyOf": several}}
        for media_type, several in schemas.items()
    }


def _header(told: Header, *, is_only: bool) -> dict[str, object]:
    is_certain = told is ANSWERED_ID or (told.is_certain and is_only)
    return {"description": told.says, "required": is_certain, "schema": {"type": "string"}}


def _errors(operation: Operation) -> Iterator[Answer]:
    """The errors of an operation, those of a status together."""
    told = operation.description
    kinds = [*told.errors, *ALWAYS, *(WITH_KEY if operation.scopes else ())]
    kinds += WITH_BODY if told.body is not None else ()
    by_status: dict[int, list[type[DataBankClientError]]] = defaultdict(list)
    for kind, status in STATUSES.items():
        if kind in kinds:
            by_status[status].append(kind)
    for status, found in by_status.items():
        headers = tuple(ERROR_HEADERS[kind] for kind in found if kind in ERROR_HEADERS)
        says = "\n\n".join(f"`{kind.code}`: {getdoc(kind)}" for kind in found)
        yield Answer(status, says, {JSON: _problem(found)}, headers)


def _problem(kinds: list[type[DataBankClientError]]) -> Schema:
    codes = [kind.code for kind in kinds]
    return {"allOf": [reference(Problem), {"properties": {"code": {"enum": codes}}}]}


def content_of(content: Content) -> dict[str, dict[str, Schema]]:
    return {
        media_type: {"schema": reference(kind) if isinstance(kind, type) else kind}
        for media_type, kind in content.items()
    }
