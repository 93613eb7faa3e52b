"""What many operations say in the same words, each once: pieces of their descriptions.

    of the group    NEEDS_REDIS
    of parameters   TEXT, MOMENT, text_up_to, some_of; limit, paging
    of answers      page_of, job_as, REMOVED
    of errors       BAD_JSON
    of examples     send_json

What one operation alone says stands with it, in `routes/*_descriptions.py`.
"""

from collections.abc import Iterable

from data_bank_api.api.openapi.description import JSON, Answer, Header, Parameter, Schema
from data_bank_client import errors

NEEDS_REDIS = "Where `REDIS_URL` is not set, 503."

TEXT: Schema = {"type": "string"}
MOMENT: Schema = {"type": "string", "format": "date-time"}

REMOVED = Answer(204, "It is not there any more.", {})

# Of a body of JSON that cannot be read, is too long, or says what cannot be.
BAD_JSON = (errors.InvalidJsonError, errors.PayloadTooLargeError, errors.InvalidInputError)


def text_up_to(length: int) -> Schema:
    """Of one character at least."""
    return {"type": "string", "minLength": 1, "maxLength": length}


def some_of(words: Iterable[str]) -> Schema:
    """One of these words, or several with commas between."""
    one = "|".join(words)
    return {"type": "string", "pattern": f"^({one})(,({one}))*$"}


def limit(most: int, default: int) -> Parameter:
    schema: Schema = {"type": "integer", "minimum": 1, "maximum": most, "default": default}
    return Parameter("limit", "query", "How many at most.", schema)


def paging(most: int, default: int) -> tuple[Parameter, Parameter]:
    """Which page of a list is asked for: how long it is, and after which it comes."""
    cursor = Parameter("cursor", "query", "The `next_cursor` of the page before.", TEXT)
    return limit(most, default), cursor


def page_of(kind: type[object]) -> Answer:
    return Answer(200, "A page.", {JSON: kind})


def job_as(kind: type[object], says: str = "It is queued, or under way.") -> Answer:
    """The job that was asked for, told as this type."""
    return Answer(202, says, {JSON: kind}, (Header("Location", "The job's address."),))


def send_json(path: str, body: str) -> str:
    """The arguments of curl that send this to the path."""
    return f"-H 'Content-Type: application/json' -d '{body}' \"$DATA_BANK_URL{path}\""
