"""A generation that was crawled takes over what the stream got meanwhile."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
import structlog

from data_bank_api.broker.failures import redis_errors
from data_bank_api.catalog.document import Document, read_document
from data_bank_api.catalog.generation import Generation
from data_bank_api.catalog.store import Update
from data_bank_api.catalog.updates import UpdateStream
from data_bank_client.errors import ConflictError

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

_BATCH = 500
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def replay(generation: Generation, stream: UpdateStream, after: str) -> str:
    """All that came after a place: the place of the last one.

    Where the stream has dropped some of it, the rest is left to the next increment, which looks for
    all that changed since the crawl began.
    """
    try:
        while updates := stream.read(after, _BATCH):
            generation.add(_newer(generation, updates))
            after = updates[-1].position
    except ConflictError:
        log.warning("the stream of updates is too short for so long a crawl")
        return stream.end()
    return after


def _newer(generation: Generation, updates: Sequence[Update]) -> list[Document]:
    """The last one of each dataset, unless the crawl has seen a later one."""
    last = {each.document.id: each.document for each in updates}
    with redis_errors():
        told: object = generation.client.hmget(generation.keys.documents, list(last))
    crawled = msgspec.convert(told, list[bytes | None])
    return [
        document
        for document, line in zip(last.values(), crawled, strict=True)
        if line is None or _moment(read_document(line)) <= _moment(document)
    ]


def _moment(document: Document) -> datetime:
    return document.last_modified or _LONG_AGO
