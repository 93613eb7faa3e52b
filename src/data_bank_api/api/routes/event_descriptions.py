"""The operation of `/events` in words and types; its handler is in `events.py`."""

from data_bank_api.api.openapi.description import Answer, Description, Group, Header, Parameter
from data_bank_api.api.openapi.phrases import TEXT
from data_bank_client import errors
from data_bank_client.wire.events import EVENT_TYPES

EVENTS = Group("Events", "What happens to jobs, while it happens.")

GET = Description(
    EVENTS,
    "follow_events",
    "Follow what happens to jobs",
    "Server-sent events without an end: `id` is the event's place, `event` its type, `data` the "
    "event. Without `Last-Event-ID` it begins with what comes from now on. A comment comes each "
    "ten seconds where nothing else does. What can be resumed is bounded by EVENTS_KEPT; where "
    "events are missing a comment says so.",
    (
        Answer(
            200,
            "The stream.",
            {"text/event-stream": TEXT},
            (Header("Cache-Control", "`no-store`."),),
        ),
    ),
    parameters=(
        Parameter("job_id", "query", "Events of this job only.", TEXT),
        Parameter(
            "types",
            "query",
            f"Events of these types only, with commas between: `{'`, `'.join(EVENT_TYPES)}`.",
            TEXT,
        ),
        Parameter(
            "Last-Event-ID",
            "header",
            "The `id` of an event: what follows it comes. `0` is before all that are kept.",
            TEXT,
        ),
    ),
    errors=(errors.InvalidInputError, errors.RateLimitError),
    curl=('-N -H "Last-Event-ID: 0" "$DATA_BANK_URL/events"',),
)
