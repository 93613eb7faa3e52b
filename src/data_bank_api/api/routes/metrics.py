"""`/metrics`: what Prometheus reads; public unless METRICS_KEY is set.

It is looked up by one thread at a time, for all who ask meanwhile: anybody may ask, and the
other threads are for files.
"""

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from data_bank_api.api.openapi.description import SERVICE, Answer, Description
from data_bank_api.api.pool import StoragePool
from data_bank_api.api.resource import PUBLIC, Operation, Resource
from data_bank_api.auth.scope import Scope
from data_bank_api.observability.exposition import CONTENT_TYPE
from data_bank_api.wiring import Bank

METRICS = Description(
    SERVICE,
    "read_metrics",
    "Read what the service counts of itself",
    "In the text format of Prometheus. With METRICS_KEY set it takes that key, and no other.",
    (Answer(200, "The figures of all worker processes.", {"text/plain": {"type": "string"}}),),
    curl=("$DATA_BANK_URL/metrics",),
)


def metrics_resources(bank: Bank, pool: StoragePool) -> list[Resource]:
    scopes = frozenset({Scope.METRICS}) if bank.settings.metrics_keys else PUBLIC

    looking: asyncio.Future[bytes] | None = None

    async def metrics(_request: Request) -> Response:
        nonlocal looking
        if looking is None or looking.done():
            looking = pool.start(bank.exposition.text)
        text = await asyncio.shield(looking)
        return Response(text, headers={"content-type": CONTENT_TYPE})

    return [Resource("/metrics", {"GET": Operation(scopes, metrics, METRICS)})]
