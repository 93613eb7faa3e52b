"""The application: `create_app()` reads the settings, opens the store and puts the rooms together.

    hypercorn 'data_bank_api.api.main:create_app()' --bind '[::]:8000'

A request goes in through these, from the outside:

    RequestSpans              its span, where there are traces
    CORS                      browsers of other sites, where there are CORS_ORIGINS
    FastLane                  small files that were fetched lately are answered here
    CorrelationIdMiddleware   its id, taken or made
    RequestLog                one line in the log
    Meter                     what `/metrics` tells of it
    Linger                    answers that come before the body is read
    ErrorBoundary             errors in the one format, below `/ui` as pages
    Framing                   doubtful framing is refused
    Patience                  slow bodies are ended
    Router                    the rooms, and the pages
"""

import asyncio
import gc
import os
import re
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass

import structlog
from asgi_correlation_id import CorrelationIdMiddleware
from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

from data_bank_api.api.event_source import EventSource
from data_bank_api.api.fast_lane import FastLane
from data_bank_api.api.memory import Memory
from data_bank_api.api.middleware.cors import with_cors
from data_bank_api.api.middleware.errors import ErrorBoundary
from data_bank_api.api.middleware.framing import Framing
from data_bank_api.api.middleware.linger import Linger
from data_bank_api.api.middleware.meter import Meter
from data_bank_api.api.middleware.patience import Patience
from data_bank_api.api.middleware.request_log import RequestLog
from data_bank_api.api.middleware.spans import RequestSpans
from data_bank_api.api.pool import DatabasePool, StoragePool
from data_bank_api.api.request_id import is_request_id, make_request_id
from data_bank_api.api.resource import Resource
from data_bank_api.api.routes.catalog import CatalogPools, catalog_resources
from data_bank_api.api.routes.datasets import DatasetPools, dataset_resources
from data_bank_api.api.routes.documents import with_documents
from data_bank_api.api.routes.events import events_resources
from data_bank_api.api.routes.files import Files, file_resources
from data_bank_api.api.routes.health import health_resources
from data_bank_api.api.routes.hub import hub_resources
from data_bank_api.api.routes.jobs import job_resources
from data_bank_api.api.routes.metrics import metrics_resources
from data_bank_api.api.routes.webhooks import webhook_resources
from data_bank_api.api.stop_bell import StopBell
from data_bank_api.api.transfers import Transfers
from data_bank_api.config import Settings, SettingsError
from data_bank_api.observability.logs import configure_logs
from data_bank_api.tracing.exporting import tracing
from data_bank_api.ui.rooms import build_ui
from data_bank_api.wiring import Bank, build_bank
from data_bank_client.errors import NotFoundError

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

# What uvicorn takes for "this will not get better by trying again".
STARTUP_FAILURE = 3
LAST_WORDS_SECONDS = 0.1

# What an absolute target has before its path, whatever it holds: here it names nothing.
_ORIGIN = re.compile(r"\A[^:/]+://[^/]*")


def create_app(environment: Mapping[str, str] | None = None) -> ASGIApp:
    """The application for a server to run, by the settings in the environment.

    Ends the process with one line on standard error where they cannot be used.
    """
    try:
        settings = Settings.read(os.environ if environment is None else environment)
        configure_logs(settings.log_level)
        return build_app(build_bank(settings))
    except SettingsError as error:
        sys.stderr.write(f"databank: {error}\n")
        raise SystemExit(STARTUP_FAILURE) from error


def resources(
    bank: Bank,
    pool: StoragePool,
    database: DatabasePool,
    source: EventSource | None = None,
    catalog: CatalogPools | None = None,
    files: Files | None = None,
) -> list[Resource]:
    """Every route there is, but for the pages."""
    files = files or _open_files(bank, pool, database)
    rooms = (
        health_resources(bank, pool, database),
        file_resources(files),
        job_resources(bank, database),
        webhook_resources(bank, database),
        dataset_resources(bank, DatasetPools(pool, database), files.transfers),
        hub_resources(bank, database),
        catalog_resources(bank, database, catalog or CatalogPools()),
        events_resources(source),
        metrics_resources(bank, pool, database),
    )
    return with_documents([resource for room in rooms for resource in room])


def build_app(bank: Bank) -> ASGIApp:
    pool, database, memory = StoragePool(), DatabasePool(), Memory()
    bell, catalog = StopBell(), CatalogPools()
    source, files = _open_source(bank, bell), _open_files(bank, pool, database)
    ui = build_ui(bank, files, database, catalog, source)

    @asynccontextmanager
    async def lifespan(_app: object) -> AsyncIterator[None]:
        traces = ExitStack()
        traces.enter_context(tracing(bank.settings.traces_endpoint, "server"))
        bank.mender.start()
        memory.start()
        bell.start()
        bank.start_catalog()
        gc.freeze()  # what is here stays: it need not be looked through again and again
        log.info("serving", process=os.getpid())
        yield
        bell.stop()
        bank.mender.stop()
        memory.stop()
        # Beside the loop, which tells those who were ended by the stop.
        await asyncio.to_thread(pool.close)
        await asyncio.to_thread(database.close)
        await asyncio.to_thread(catalog.close)
        await asyncio.to_thread(bank.close_catalog)
        await asyncio.to_thread(traces.close)
        await asyncio.sleep(LAST_WORDS_SECONDS)
        log.info("stopped", process=os.getpid())

    rooms = resources(bank, pool, database, source, catalog, files)
    routes = [*(each.route(bank.keys) for each in rooms), *ui.routes]
    router = Router(routes, redirect_slashes=False, default=_not_found, lifespan=lifespan)
    patient = Patience(router, bank.settings.stall_seconds)
    guarded = ErrorBoundary(Framing(patient), ui.tell)
    ordinary = CorrelationIdMiddleware(
        RequestLog(Meter(Linger(guarded), bank.metrics)),
        validator=is_request_id,
        generator=make_request_id,
        update_request_header=False,
    )
    open_to = with_cors(FastLane(ordinary, bank), bank.settings.cors_origins)
    is_traced = bank.settings.traces_endpoint is not None
    return Application(RequestSpans(open_to, bank.keys) if is_traced else open_to, router)


def _open_files(bank: Bank, pool: StoragePool, database: DatabasePool) -> Files:
    return Files(bank, pool, database, Transfers(bank.settings.max_transfers_per_key))


def _open_source(bank: Bank, bell: StopBell) -> EventSource | None:
    if bank.desk is None:
        return None
    return EventSource(bank.desk.redis_url, bell, bank.settings.stall_seconds, bank.rooms)


@dataclass(frozen=True, slots=True)
class Application:
    """HTTP goes through all that is around the router; the lifespan goes to it straight."""

    http: ASGIApp
    other: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.other(scope, receive, send)
            return
        if not scope["path"].startswith("/"):  # hypercorn leaves an absolute target as it came
            scope["path"] = _ORIGIN.sub("", scope["path"]) or "/"
        await self.http(scope, receive, send)


async def _not_found(scope: Scope, _receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close"})
        return
    raise NotFoundError("there is nothing at this address")
