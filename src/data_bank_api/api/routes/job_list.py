"""What lists of jobs are asked, here and in other rooms: which, and from where on."""

import msgspec
from starlette.datastructures import QueryParams

from data_bank_api.api.moment_cursor import next_cursor, read_moment_place
from data_bank_api.api.moment_query import read_moment
from data_bank_api.queue.job import Job, Wanted, tell
from data_bank_api.queue.place import Place
from data_bank_client.errors import InvalidInputError
from data_bank_client.wire.jobs import JOB_STATES, JobPage, JobState

TEXT_LENGTH = 200


def read_wanted(query: QueryParams) -> Wanted:
    """Raises InvalidInputError, which names the parameter."""
    return Wanted(
        states=_states(query.get("state")),
        kinds=_kinds(query),
        dataset_id=_text(query, "dataset_id"),
        queued_before=read_moment(query, "queued_before"),
        queued_after=read_moment(query, "queued_after"),
    )


def read_job_place(query: QueryParams, list_name: str) -> Place | None:
    """Raises BadCursorError."""
    return read_moment_place(query, list_name)


def make_page(list_name: str, found: list[Job], limit: int) -> JobPage:
    """Of up to `limit` + 1 jobs the first `limit`, and where those end if there are more."""
    cursor = next_cursor(list_name, [each.place for each in found], limit)
    items = [tell(each) for each in found[:limit]]
    return JobPage(items=items, next_cursor=cursor, has_more=cursor is not None)


def _states(text: str | None) -> tuple[JobState, ...] | None:
    if text is None:
        return None
    try:
        return tuple(msgspec.convert(each, JobState) for each in dict.fromkeys(text.split(",")))
    except msgspec.ValidationError:
        known = ", ".join(JOB_STATES)
        raise InvalidInputError(f"state must be of {known}, several with commas") from None


def _kinds(query: QueryParams) -> tuple[str, ...] | None:
    kind = _text(query, "kind")
    return None if kind is None else (kind,)


def _text(query: QueryParams, name: str) -> str | None:
    text = query.get(name)
    if text is not None and not (0 < len(text) <= TEXT_LENGTH and text.isprintable()):
        raise InvalidInputError(f"{name} must have 1 to {TEXT_LENGTH} printable characters")
    return text
