"""What `/jobs` is asked: read, bounded, and such that every database can keep it."""

import re
from collections.abc import Iterator
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request

from data_bank_api.api.json_body import read_json
from data_bank_api.jobs.kinds.table import KINDS
from data_bank_client.errors import InvalidInputError, JobNotFoundError
from data_bank_client.wire.jobs import KEY_LENGTH, USER_ID_LIMIT

BODY_BYTES = 64 * 1024
# By kind and arguments (queue/key), and of a slot of the schedule (jobs/schedule).
_OWN_KEY = re.compile(r"\A([^:@]+)[:@]")
_ID = re.compile(r"\A[0-9a-f]{32}\Z")
DEPTH_MOST = 32  # objects and lists in one another


class AskedJob(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A JobQuestion, checked."""

    kind: str
    arguments: dict[str, object] = {}
    key: Annotated[str, Meta(min_length=1, max_length=KEY_LENGTH)] | None = None
    user_id: Annotated[int, Meta(ge=0, le=USER_ID_LIMIT)] = 0


async def read_question(request: Request) -> AskedJob:
    """Raises PayloadTooLargeError, InvalidJsonError; InvalidInputError, which names the field."""
    asked = await read_json(request, AskedJob, BODY_BYTES)
    _check_key(asked)
    for depth, value in _walk(asked.arguments):
        if depth > DEPTH_MOST:
            raise InvalidInputError(f"arguments: nested more than {DEPTH_MOST} deep")
        if isinstance(value, str) and "\0" in value:  # which PostgreSQL has no place for
            raise InvalidInputError("arguments: a text holds a NUL character")
    return asked


def read_job_id(request: Request) -> str:
    """Of a path. Raises JobNotFoundError for what cannot be one."""
    job_id = str(request.path_params["id"])
    if not _ID.match(job_id):
        raise JobNotFoundError("there is no such job")
    return job_id


def _check_key(asked: AskedJob) -> None:
    """None that the bank gives itself: by those, one key could keep out what another asks for."""
    if asked.key is None:
        return
    if not asked.key.isprintable():
        raise InvalidInputError("key: only printable characters are taken")
    found = _OWN_KEY.match(asked.key)
    if found is not None and found[1] in KINDS and found[0] != f"{asked.kind}:":
        raise InvalidInputError(f"key: one that begins with {found[0]} is the bank's own")


def _walk(content: object) -> Iterator[tuple[int, object]]:
    """Every value and every name in it, with its depth; not by recursion, as it may be deep."""
    waiting = [(0, content)]
    while waiting:
        depth, value = waiting.pop()
        yield depth, value
        if isinstance(value, dict):
            waiting += [(depth + 1, each) for pair in value.items() for each in pair]
        if isinstance(value, list):
            waiting += [(depth + 1, each) for each in value]
