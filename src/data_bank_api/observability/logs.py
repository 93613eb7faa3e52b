"""JSON logs on standard error, a line each: our own records and those of the libraries alike.

    {"event": "request", ..., "level": "info", "at": "...", "request_id": "..."}

A traceback never carries the values of local variables: they may hold a key.
"""

import logging
import sys
from collections.abc import Mapping, MutableMapping

import msgspec
import structlog
from asgi_correlation_id import correlation_id
from structlog.typing import Processor

from data_bank_api.tracing.span import traceparent

_encoder = msgspec.json.Encoder()


def _add_ids(
    _logger: object, _method: str, event: MutableMapping[str, object]
) -> MutableMapping[str, object]:
    request_id, trace = correlation_id.get(), traceparent()
    if request_id is not None:
        event["request_id"] = request_id
    if trace is not None:
        event["trace_id"] = trace.split("-")[1]
    return event


def _render(_logger: object, _method: str, event: Mapping[str, object]) -> str:
    return _encoder.encode({key: _plain(value) for key, value in event.items()}).decode()


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | None) else str(value)


_SHARED: list[Processor] = [
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    _add_ids,
    structlog.processors.format_exc_info,
]


# What these say of every start and stop, the service says itself.
_TALKATIVE = ("uvicorn.error", "hypercorn.error", "rq.worker", "alembic")
# Warns of each request whose `X-Request-ID` is none: whoever asks could fill the log.
_LED_BY_CLIENTS = "asgi_correlation_id"
# Says of each try that a collector of traces is away; ERROR is that spans are lost.
_INSISTENT = "opentelemetry"
# Say the address of each request and the head of each answer: addresses of the Hub are signed.
_INDISCREET = ("httpx2", "httpcore2")


def configure_logs(level: str) -> None:
    """Send every record of this level and above to standard error. May be called again."""
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_logger_name, *_SHARED],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _render],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel("DEBUG" if level == "debug" else "WARNING")
    for name in (_LED_BY_CLIENTS, _INSISTENT):
        logging.getLogger(name).setLevel("DEBUG" if level == "debug" else "ERROR")
    for name in _INDISCREET:
        logging.getLogger(name).setLevel("WARNING")
    structlog.configure(
        processors=[*_SHARED, _render],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
