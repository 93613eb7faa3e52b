"""`GET /events`: what happens to jobs, as a stream."""

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.types import ASGIApp

from data_bank_api.api.event_answer import EventAnswer
from data_bank_api.api.event_source import EventSource
from data_bank_api.api.resource import Operation, Resource
from data_bank_api.api.routes.event_descriptions import GET
from data_bank_api.auth.scope import Scope
from data_bank_api.events.entry import Wanted
from data_bank_client.errors import BadRequestError, InvalidInputError, ServiceUnavailableError
from data_bank_client.wire.events import EVENT_TYPES
from data_bank_client.wire.stream_id import StreamId


def events_resources(source: EventSource | None) -> list[Resource]:
    """Without a source, which needs REDIS_URL, it is there too, and says so."""

    async def follow(request: Request) -> ASGIApp:
        return answer_events(source, request)

    return [Resource("/events", {"GET": Operation(frozenset({Scope.READ}), follow, GET)})]


def answer_events(
    source: EventSource | None, request: Request, seconds: float | None = None
) -> EventAnswer:
    """For so many seconds at most.

    Raises InvalidInputError, BadRequestError; ServiceUnavailableError without a source.
    """
    wanted = _read_wanted(request.query_params)
    after = _read_place(request.headers.get("last-event-id"))
    if source is None:
        raise ServiceUnavailableError("events need Redis: set REDIS_URL")
    return EventAnswer(source, wanted, after, seconds)


def _read_wanted(query: QueryParams) -> Wanted:
    """Raises InvalidInputError."""
    types = query.get("types", ",".join(EVENT_TYPES)).split(",")
    unknown = [each for each in types if each not in EVENT_TYPES]
    if unknown:
        raise InvalidInputError(f"types must be some of {', '.join(EVENT_TYPES)}")
    return Wanted(frozenset(types), query.get("job_id"))


def _read_place(text: str | None) -> StreamId | None:
    """Raises BadRequestError."""
    if text is None:
        return None
    try:
        return StreamId.parse(text)
    except ValueError as error:
        raise BadRequestError(f"Last-Event-ID: {error}") from error
