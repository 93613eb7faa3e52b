"""The calls about jobs, one function a route of docs/api.md, and all pages of a list."""

import json
import re
from collections.abc import Generator, Mapping, Sequence
from datetime import datetime
from typing import TypedDict

import msgspec

from data_bank_client.calls.answers import json_reader
from data_bank_client.calls.call import Answer, Call, Flow, Give, Request
from data_bank_client.calls.page_query import page_query
from data_bank_client.errors import ConflictError, InvalidInputError, UnexpectedAnswerError
from data_bank_client.wire.jobs import (
    ACTIVE_STATES,
    JobAnswer,
    JobDetail,
    JobPage,
    JobQuestion,
    JobState,
)
from data_bank_client.wire.times import format_time

PAGE = 100  # jobs, where all are asked for: each may have 64 KiB of arguments

_ID = re.compile(r"\A[0-9a-f]{32}\Z")
_read_job = json_reader(JobAnswer, 200, 202)


class JobFilter(TypedDict, total=False):
    """Which jobs: those of which all of this holds. The moments are exclusive, with a zone."""

    state: JobState | Sequence[JobState] | None
    kind: str | None
    dataset_id: str | None
    queued_before: datetime | None
    queued_after: datetime | None


def start(
    kind: str, arguments: Mapping[str, object] | None, key: str | None, user_id: int
) -> Call[JobAnswer]:
    """Ask for a job. Raises InvalidInputError for what is no JSON."""
    question = JobQuestion(kind=kind, arguments=dict(arguments or {}), key=key, user_id=user_id)
    headers = {"Content-Type": "application/json"}
    return Call(Request("POST", "/jobs", headers=headers, body=_encode(question)), _read_job)


def _encode(question: JobQuestion) -> bytes:
    try:
        # NaN and infinities are no JSON: msgspec would make null of them.
        return json.dumps(msgspec.to_builtins(question), allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError, OverflowError) as error:
        raise InvalidInputError(f"this job cannot be written as JSON: {error}") from error


def get(job_id: str, room: str = "") -> Call[JobDetail]:
    """A job with its log. Raises InvalidInputError for what cannot be an id.

    `room` is what stands before `/jobs`: of a room that tells of its own jobs alone.
    """
    read = json_reader(JobDetail, 200)

    def read_that_job(answer: Answer) -> JobDetail:
        found = read(answer)
        if found["job_id"] != job_id:
            raise UnexpectedAnswerError(f"asked about {job_id}, answered about {found['job_id']}")
        return found

    return Call(Request("GET", room + _path(job_id)), read_that_job)


def cancel(job_id: str) -> Call[JobAnswer]:
    """Cancel a job; one that is cancelled already is answered as it is."""
    return Call(Request("POST", f"{_path(job_id)}/cancel"), _read_job)


def retry(job_id: str) -> Generator[Request, Answer, JobAnswer]:
    """Begin a job anew. Where an earlier try did and its answer was lost, all is well."""
    try:
        return (yield from Call(Request("POST", f"{_path(job_id)}/retry"), _read_job).ask())
    except ConflictError as error:
        if not error.is_after_another:
            raise
        found = yield from get(job_id).ask()
        if found["state"] not in ACTIVE_STATES:
            raise error from None
        return _without_log(found)


def _without_log(job: JobDetail) -> JobAnswer:
    return msgspec.convert(job, JobAnswer)


def list_page(limit: int, cursor: str | None, wanted: JobFilter, room: str = "") -> Call[JobPage]:
    """A page of jobs. Raises InvalidInputError."""
    query = page_query(limit, cursor) | _query(wanted)
    return Call(Request("GET", f"{room}/jobs", query=query), json_reader(JobPage, 200))


def pages(wanted: JobFilter, room: str = "") -> Flow[JobPage, None]:
    """Every page of these jobs, newest first."""
    cursor: str | None = None
    while True:
        page = yield from list_page(PAGE, cursor, wanted, room).ask()
        yield Give(page)
        cursor = page["next_cursor"]
        if cursor is None:
            return


def _query(wanted: JobFilter) -> dict[str, str]:
    said: dict[str, str] = {}
    for name, value in wanted.items():
        if isinstance(value, datetime):
            said[name] = _moment(name, value)
        elif isinstance(value, str):
            said[name] = _plain(name, value)
        elif isinstance(value, Sequence):
            said[name] = _plain(name, ",".join(value))
    return said


def _moment(name: str, moment: datetime) -> str:
    if moment.tzinfo is None:
        raise InvalidInputError(f"{name}: the time lacks its zone")
    return format_time(moment)


def _plain(name: str, text: str) -> str:
    if not text.isprintable():
        raise InvalidInputError(f"{name}: only printable characters are taken")
    return text


def _path(job_id: str) -> str:
    if not _ID.match(job_id):
        raise InvalidInputError("the id of a job is 32 hexadecimal digits")
    return f"/jobs/{job_id}"
