"""`/datasets`: tables that are uploaded, profiled by a job, and told of by their reports."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from data_bank_api.api.answers import json_answer
from data_bank_api.api.dataset_form import DatasetForm
from data_bank_api.api.fields import combine
from data_bank_api.api.form import read_boundary
from data_bank_api.api.needs import is_forced
from data_bank_api.api.page_query import read_limit
from data_bank_api.api.pool import DatabasePool, StoragePool
from data_bank_api.api.resource import Operation, Resource
from data_bank_api.api.routes import dataset_descriptions as told
from data_bank_api.api.routes.dataset_answer import tell_dataset
from data_bank_api.api.routes.dataset_desk import DatasetDesk, new_dataset
from data_bank_api.api.routes.dataset_question import (
    read_dataset_id,
    read_dataset_place,
    read_stored,
    read_wanted,
)
from data_bank_api.api.routes.dataset_report import ReportReader
from data_bank_api.api.transfers import Transfers
from data_bank_api.api.upload import UploadHead, carry
from data_bank_api.auth.scope import Scope
from data_bank_api.datasets.dataset import Dataset
from data_bank_api.queue.job import tell
from data_bank_api.wiring import Bank
from data_bank_client.wire.datasets import DATASET_LIST_DEFAULT, DATASET_LIST_LIMIT

READ, UPLOAD, DELETE = (frozenset({scope}) for scope in (Scope.READ, Scope.UPLOAD, Scope.DELETE))


@dataclass(frozen=True, slots=True)
class DatasetPools:
    storage: StoragePool
    database: DatabasePool


def dataset_resources(bank: Bank, pools: DatasetPools, transfers: Transfers) -> list[Resource]:
    room = DatasetRoom(bank, pools, transfers)
    one = "/datasets/{id}"
    return [
        Resource(
            "/datasets",
            {
                "GET": Operation(READ, room.list, told.LIST),
                "POST": Operation(UPLOAD, room.add, told.ADD),
            },
        ),
        Resource(
            one,
            {
                "GET": Operation(READ, room.get, told.GET),
                "DELETE": Operation(DELETE, room.delete, told.DELETE),
            },
        ),
        Resource(f"{one}/process", {"POST": Operation(UPLOAD, room.process, told.PROCESS)}),
        Resource(f"{one}/report", {"GET": Operation(READ, room.report, told.REPORT)}),
    ]


@dataclass(frozen=True, slots=True)
class DatasetRoom:
    bank: Bank
    pools: DatasetPools
    transfers: Transfers

    async def add(self, request: Request) -> ASGIApp:
        desk, head = self._desk(), UploadHead.read(combine(request.headers))
        boundary = read_boundary(head.content_type)
        if boundary is not None:
            return _added(*await self._upload(request, desk, head, boundary))
        asked = await read_stored(request)
        return _added(*await self.pools.database.run(desk.submit_stored, asked))

    async def _upload(
        self, request: Request, desk: DatasetDesk, head: UploadHead, boundary: bytes
    ) -> tuple[Dataset, bool]:
        with self.transfers.place("upload", request):
            await self.pools.database.run(desk.check)  # before the bytes come, which may be many
            form = DatasetForm()
            ways = head.receive_form(self.bank.receiver, boundary, form.type_of, form.texts)
            stored = await carry(request, head, *ways, self.pools.storage)
        new = new_dataset(stored.info, form.name, form.filename, form.content_type)
        return await self.pools.database.run(desk.submit, new)

    async def list(self, request: Request) -> ASGIApp:
        desk, query = self._desk(), request.query_params
        limit = read_limit(query, DATASET_LIST_DEFAULT, DATASET_LIST_LIMIT)
        wanted, after = read_wanted(query), read_dataset_place(query)
        return json_answer(await self.pools.database.run(desk.list, wanted, after, limit))

    async def get(self, request: Request) -> ASGIApp:
        return json_answer(tell_dataset(await self._find(request)))

    async def delete(self, request: Request) -> ASGIApp:
        desk, dataset_id = self._desk(), read_dataset_id(request)
        await self.pools.database.run(desk.remove, dataset_id)
        return Response(status_code=204)

    async def process(self, request: Request) -> ASGIApp:
        desk, dataset_id = self._desk(), read_dataset_id(request)
        force = is_forced(request.query_params)
        job = await self.pools.database.run(desk.process, dataset_id, force=force)
        return json_answer(tell(job), 202, {"location": f"/jobs/{job.job_id}"})

    async def report(self, request: Request) -> ASGIApp:
        dataset = await self._find(request)
        answer = await ReportReader(self.bank, self.pools.storage).answer(dataset, request)
        return self.transfers.count(answer, request)

    async def _find(self, request: Request) -> Dataset:
        desk, dataset_id = self._desk(), read_dataset_id(request)
        return await self.pools.database.run(desk.get, dataset_id)

    def _desk(self) -> DatasetDesk:
        desk = self.bank.require_desk()
        return DatasetDesk(desk.database, desk.jobs, self.bank.store)


def _added(dataset: Dataset, is_new: bool) -> ASGIApp:
    headers = {"location": f"/datasets/{dataset.dataset_id}"}
    return json_answer(tell_dataset(dataset), 201 if is_new else 200, headers)
