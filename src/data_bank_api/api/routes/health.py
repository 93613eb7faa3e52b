"""`/`, `/healthz`, `/readyz`: public, for people, probes and balancers."""

import asyncio
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
_PATIENCE_SECONDS = 5.0


class Readiness:
    """Whether files can be stored: looked up once in a while, by one thread, for all who ask."""

    def __init__(
        self,
        store: BlobStore,
        pool: StoragePool,
        clock: Callable[[], float] = time.monotonic,
        patience: float = _PATIENCE_SECONDS,
    ) -> None:
        self._store = store
        self._pool = pool
        self._clock = clock
        self._patience = patience
        self._looked_at = 0.0
        self._looking: asyncio.Future[str | None] | None = None

    async def reason_against(self) -> str | None:
        """Why not; None when all is well."""
        is_old = self._clock() - self._looked_at >= _FRESH_SECONDS
        if self._looking is None or (is_old and self._looking.done()):
            self._looking, self._looked_at = self._pool.start(self._look), self._clock()
        try:
            async with asyncio.timeout(self._patience):
                return await asyncio.shield(self._looking)
        except TimeoutError:
            return "the disk does not answer"

    def _look(self) -> str | None:
        try:
            self._store.check()
        except ServiceUnavailableError as error:
            return error.message
        return None


def health_resources(store: BlobStore, pool: StoragePool) -> list[Resource]:
    readiness = Readiness(store, pool)

    async def hello(_request: Request) -> Response:
        return json_answer({"Hello": "World", "links": _LINKS})

    async def healthz(_request: Request) -> Response:
        return json_answer({"status": "ok"})

    async def readyz(_request: Request) -> Response:
        reason = await readiness.reason_against()
        if reason is None:
            return json_answer({"status": "ready"})
        return json_answer({"status": "degraded", "reason": reason}, 503)

    return [
        Resource("/", {"GET": Operation(PUBLIC, hello)}),
        Resource("/healthz", {"GET": Operation(PUBLIC, healthz)}),
        Resource("/readyz", {"GET": Operation(PUBLIC, readyz)}),
    ]
