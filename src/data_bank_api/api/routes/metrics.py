"""`/metrics`: what Prometheus reads; public unless METRICS_KEY is set."""

from starlette.requests import Request
from starlette.responses import Response

from data_bank_api.api.openapi.description import SERVICE, Answer, Description
from data_bank_api.api.pool import DatabasePool, StoragePool
from data_bank_api.api.resource import PUBLIC, Operation, Resource
from data_bank_api.api.scrape import Scrape
from data_bank_api.auth.scope import Scope
from data_bank_api.observability.exposition import CONTENT_TYPE
from data_bank_api.wiring import Bank

METRICS = Description(
    SERVICE,
    "read_metrics",
    "Read what the service counts of itself",
    "In the text format of Prometheus. With METRICS_KEY set it takes that key, and no other. What "
    "the database and Redis would tell is left out where they do not answer in time.",
    (Answer(200, "The figures of all worker processes.", {"text/plain": {"type": "string"}}),),
    curl=("$DATA_BANK_URL/metrics",),
)


def metrics_resources(bank: Bank, pool: StoragePool, database: DatabasePool) -> list[Resource]:
    scopes = frozenset({Scope.METRICS}) if bank.settings.metrics_keys else PUBLIC
    scrape = Scrape(bank, pool, database)

    async def metrics(_request: Request) -> Response:
        return Response(await scrape.text(), headers={"content-type": CONTENT_TYPE})

    return [Resource("/metrics", {"GET": Operation(scopes, metrics, METRICS)})]
