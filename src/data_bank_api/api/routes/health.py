"""`/`, `/healthz`, `/readyz`: public, for people, probes and balancers."""

import time
from collections.abc import Callable
from typing import Literal, NotRequired, TypedDict

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from data_bank_api.api.answers import json_answer
from data_bank_api.api.lookup import Lookup
from data_bank_api.api.neighbours import Neighbours
from data_bank_api.api.openapi.description import JSON, SERVICE, Answer, Description, Header
from data_bank_api.api.pool import DatabasePool, StoragePool
from data_bank_api.api.resource import PUBLIC, Operation, Resource
from data_bank_api.blobs.store import BlobStore
from data_bank_api.wiring import Bank
from data_bank_client.errors import ServiceUnavailableError

PAGES = "/ui"
_LINKS = {
    "files": "/files",
    "jobs": "/jobs",
    "health": "/healthz",
    "ready": "/readyz",
    "openapi": "/openapi.json",
    "docs": "/docs",
    "ui": PAGES,
    "metrics": "/metrics",
}


class Greeting(TypedDict):
    """Where to go from here."""

    Hello: Literal["World"]
    links: dict[str, str]


class Health(TypedDict):
    """The service answers."""

    status: Literal["ok"]


class Preparedness(TypedDict):
    """Whether files can be stored and served; where not, `reason` says why.

    `missing` names what jobs need and is away, and says why: `redis`, `database`, `worker`.
    """

    status: Literal["ready", "degraded"]
    reason: NotRequired[str]
    missing: NotRequired[dict[str, str]]


_LOCATION = Header("Location", "The pages.")

HELLO = Description(
    SERVICE,
    "greet",
    "See where to begin",
    "A browser, which asks for HTML, is led to the pages.",
    (
        Answer(200, "The service's main addresses.", {JSON: Greeting}),
        Answer(303, "To the pages, for who asks for `text/html`.", {}, (_LOCATION,)),
    ),
    curl=("$DATA_BANK_URL",),
)
HEALTHZ = Description(
    SERVICE,
    "check_health",
    "Ask whether the service runs",
    "",
    (Answer(200, "It does.", {JSON: Health}),),
)
READYZ = Description(
    SERVICE,
    "check_readiness",
    "Ask whether files can be stored and served",
    "Looked up once a second at most, what is missing for jobs once in three seconds.",
    (
        Answer(200, "They can; `missing` names what jobs lack.", {JSON: Preparedness}),
        Answer(503, "They cannot; `reason` says why.", {JSON: Preparedness}),
    ),
    curl=("$DATA_BANK_URL/readyz",),
)

# Anybody may ask, and each look writes a small file: one look a second at most.
_FRESH_SECONDS = 1.0
_PATIENCE_SECONDS = 5.0


class Readiness:
    """Whether files can be stored."""

    def __init__(
        self,
        store: BlobStore,
        pool: StoragePool,
        clock: Callable[[], float] = time.monotonic,
        patience: float = _PATIENCE_SECONDS,
    ) -> None:
        self._store = store
        self._patience = patience
        self._lookup = Lookup(self._look, pool, _FRESH_SECONDS, clock)

    async def reason_against(self) -> str | None:
        """Why not; None when all is well."""
        try:
            return await self._lookup.ask(self._patience)
        except TimeoutError:
            return "the disk does not answer"

    def _look(self) -> str | None:
        try:
            self._store.check()
        except ServiceUnavailableError as error:
            return error.message
        return None


def health_resources(bank: Bank, pool: StoragePool, database: DatabasePool) -> list[Resource]:
    readiness, neighbours = Readiness(bank.store, pool), Neighbours(bank.desk, database)

    async def hello(request: Request) -> Response:
        headers = {"vary": "Accept"}
        if "text/html" in request.headers.get("accept", ""):
            return RedirectResponse(PAGES, 303, headers)
        return json_answer(Greeting(Hello="World", links=_LINKS), 200, headers)

    async def healthz(_request: Request) -> Response:
        return json_answer(Health(status="ok"))

    async def readyz(_request: Request) -> Response:
        reason = await readiness.reason_against()
        if reason is not None:
            return json_answer(Preparedness(status="degraded", reason=reason), 503)
        if missing := await neighbours.missing():
            return json_answer(Preparedness(status="ready", missing=missing))
        return json_answer(Preparedness(status="ready"))

    return [
        Resource("/", {"GET": Operation(PUBLIC, hello, HELLO)}),
        Resource("/healthz", {"GET": Operation(PUBLIC, healthz, HEALTHZ)}),
        Resource("/readyz", {"GET": Operation(PUBLIC, readyz, READYZ)}),
    ]
