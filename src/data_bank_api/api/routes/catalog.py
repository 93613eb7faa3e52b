"""`/api/datasets`: the catalog of the Hub's datasets, and what there is of each of them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from data_bank_api.api.answers import json_answer
from data_bank_api.api.dataset_route import ROOT, About, dataset_id
from data_bank_api.api.memory_status import memory_status
from data_bank_api.api.openapi.description import JSON
from data_bank_api.api.page_query import read_limit
from data_bank_api.api.pool import CatalogPool, DatabasePool, HubPool
from data_bank_api.api.resource import PUBLIC, DatasetResource, Operation, Resource
from data_bank_api.api.routes import catalog_descriptions as told
from data_bank_api.api.routes.catalog_answer import tell_meta, tell_refresh, tell_status
from data_bank_api.api.routes.catalog_desk import CatalogDesk, DatasetDesk, RefreshDesk
from data_bank_api.api.routes.catalog_question import (
    read_dataset_name,
    read_dataset_question,
    read_filename,
    read_refresh,
    read_revision,
)
from data_bank_api.auth.scope import Scope
from data_bank_api.catalog.figures import CatalogFigures
from data_bank_api.observability.exposition import CONTENT_TYPE, Exposition
from data_bank_api.wiring import Bank
from data_bank_client.errors import GatewayTimeoutError
from data_bank_client.wire.catalog import COMMITS_DEFAULT, DATASETS_LIMIT, FILES_DEFAULT

READ, UPLOAD = frozenset({Scope.READ}), frozenset({Scope.UPLOAD})

HUB_SECONDS = 30.0

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CatalogPools:
    catalog: CatalogPool = field(default_factory=CatalogPool)
    hub: HubPool = field(default_factory=HubPool)

    def close(self) -> None:
        self.catalog.close()
        self.hub.close()


def catalog_resources(bank: Bank, database: DatabasePool, pools: CatalogPools) -> list[Resource]:
    room = CatalogRoom(bank, database, pools)
    counted = frozenset({Scope.METRICS}) if bank.settings.metrics_keys else PUBLIC
    return [
        Resource(ROOT, {"GET": Operation(READ, room.list, told.LIST)}),
        Resource(f"{ROOT}/cache-status", {"GET": Operation(READ, room.status, told.STATUS)}),
        Resource(f"{ROOT}/refresh-cache", {"POST": Operation(UPLOAD, room.refresh, told.REFRESH)}),
        Resource(f"{ROOT}/meta", {"GET": Operation(READ, room.meta, told.META)}),
        Resource(f"{ROOT}/memory-status", {"GET": Operation(READ, room.memory, told.MEMORY)}),
        Resource(f"{ROOT}/metrics", {"GET": Operation(counted, room.metrics, told.METRICS)}),
        _about_one("", Operation(READ, room.get, told.GET)),
        _about_one("commits", Operation(READ, room.commits, told.COMMITS)),
        _about_one("files", Operation(READ, room.files, told.FILES)),
        _about_one("file-url", Operation(READ, room.file_url, told.FILE_URL)),
    ]


def _about_one(about: About, get: Operation) -> Resource:
    path = f"{ROOT}/{{dataset_id}}/{about}".rstrip("/")
    return DatasetResource(path, {"GET": get}, about)


@dataclass(frozen=True, slots=True)
class CatalogRoom:
    bank: Bank
    database: DatabasePool
    pools: CatalogPools

    async def list(self, request: Request) -> ASGIApp:
        asked = read_dataset_question(request.query_params)
        return Response(await self.pools.catalog.run(self._desk().page, asked), media_type=JSON)

    async def get(self, request: Request) -> ASGIApp:
        found = await self.pools.catalog.run(self._desk().one, dataset_id(request))
        return Response(found + b"\n", media_type=JSON)

    async def status(self, _request: Request) -> ASGIApp:
        return json_answer(tell_status(await self.pools.catalog.run(self._desk().reader.status)))

    async def meta(self, _request: Request) -> ASGIApp:
        return json_answer(tell_meta(await self.pools.catalog.run(self._desk().reader.status)))

    async def memory(self, _request: Request) -> ASGIApp:
        return json_answer(memory_status())

    async def metrics(self, _request: Request) -> ASGIApp:
        catalog = self.bank.require_catalog()
        figures = Exposition((CatalogFigures(catalog.reader, catalog.shelf),))
        text = await self.pools.catalog.run(figures.text)
        return Response(text, headers={"content-type": CONTENT_TYPE})

    async def refresh(self, request: Request) -> ASGIApp:
        desk, asked = self.bank.require_desk(), await read_refresh(request)
        refreshes = RefreshDesk(desk.jobs, self.bank.settings.hub_token is not None)
        job = await self.database.run(refreshes.ask, asked)
        return json_answer(tell_refresh(job), 202, {"location": f"/jobs/{job.job_id}"})

    async def commits(self, request: Request) -> ASGIApp:
        name, query = read_dataset_name(request), request.query_params
        limit = read_limit(query, COMMITS_DEFAULT, DATASETS_LIMIT)
        return await self._of_the_hub(self._one().commits, name, read_revision(query), limit)

    async def files(self, request: Request) -> ASGIApp:
        name, query = read_dataset_name(request), request.query_params
        limit = read_limit(query, FILES_DEFAULT, DATASETS_LIMIT)
        return await self._of_the_hub(self._one().files, name, read_revision(query), limit)

    async def file_url(self, request: Request) -> ASGIApp:
        name, query = read_dataset_name(request), request.query_params
        path, revision = read_filename(query), read_revision(query)
        return json_answer(await self.database.run(self._one().file_url, name, revision, path))

    async def _of_the_hub(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> ASGIApp:
        """Raises GatewayTimeoutError for an answer that takes too long."""
        try:
            async with asyncio.timeout(HUB_SECONDS):
                return json_answer(await self.pools.hub.run(call, *args, **kwargs))
        except TimeoutError:
            raise GatewayTimeoutError("the Hub did not answer in time") from None

    def _desk(self) -> CatalogDesk:
        catalog = self.bank.require_catalog()
        return CatalogDesk(catalog.reader, catalog.shelf)

    def _one(self) -> DatasetDesk:
        desk, catalog = self.bank.require_desk(), self.bank.require_catalog()
        return DatasetDesk(desk.database, self.bank.store, catalog.live, self.bank.signer)
