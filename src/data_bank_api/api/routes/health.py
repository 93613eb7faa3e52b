"""`/`, `/healthz`, `/readyz`: public, for people, probes and balancers."""

import time
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from data_bank_api.api.answers import json_answer
from data_bank_api.api.pool import StoragePool
from data_bank_api.api.resource import PUBLIC, Operation, Resource
from data_bank_api.blobs.store import BlobStore
from data_bank_client.errors import ServiceUnavailableError

_LINKS = {
    "files": "/files",
    "health": "/healthz",
    "ready": "/readyz",
}

# Anybody may ask, and each look writes a small file: one look a second at most.
_FRESH_SECONDS = 1.0


class Readiness:
    """Whether files can be stored, looked up at most once in a while."""

    def __init__(self, store: BlobStore, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._looked_at = -_FRESH_SECONDS
        self._reason: str | None = None

    def reason_against(self) -> str | None:
        """Why not; None when all is well."""
        if self._clock() - self._looked_at >= _FRESH_SECONDS:
            try:
                self._store.check()
                self._reason = None
            except ServiceUnavailableError as error:
                self._reason = error.message
            self._looked_at = self._clock()
        return self._reason


def health_resources(store: BlobStore, pool: StoragePool) -> list[Resource]:
    readiness = Readiness(store)

    async def hello(_request: Request) -> Response:
        return json_answer({"Hello": "World", "links": _LINKS})

    async def healthz(_request: Request) -> Response:
        return json_answer({"status": "ok"})

    async def readyz(_request: Request) -> Response:
        reason = await pool.run(readiness.reason_against)
        if reason is None:
            return json_answer({"status": "ready"})
        return json_answer({"status": "degraded", "reason": reason}, 503)

    return [
        Resource("/", {"GET": Operation(PUBLIC, hello)}),
        Resource("/healthz", {"GET": Operation(PUBLIC, healthz)}),
        Resource("/readyz", {"GET": Operation(PUBLIC, readyz)}),
    ]
