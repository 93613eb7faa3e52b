"""`/v1/hub/scan`: a job takes the files of a folder of the server's disk into the bank."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.types import ASGIApp

from data_bank_api.api.answers import json_answer
from data_bank_api.api.json_body import read_json
from data_bank_api.api.pool import DatabasePool
from data_bank_api.api.resource import Operation, Resource
from data_bank_api.api.routes import hub_descriptions as told
from data_bank_api.api.routes.hub_answer import tell_job
from data_bank_api.auth.scope import Scope
from data_bank_api.hub.scan_path import ScanPath
from data_bank_api.jobs.kinds.hub_scan import HubScan
from data_bank_api.jobs.kinds.table import arguments_of
from data_bank_api.queue.job import NewJob
from data_bank_api.wiring import Bank
from data_bank_client.wire.hub import HubJobAnswer

BODY_BYTES = 64 * 1024


def hub_scan_resources(bank: Bank, pool: DatabasePool) -> list[Resource]:
    room = HubScanRoom(bank, pool)
    scan = Operation(frozenset({Scope.UPLOAD}), room.scan, told.SCAN)
    return [Resource("/v1/hub/scan", {"POST": scan})]


@dataclass(frozen=True, slots=True)
class HubScanRoom:
    bank: Bank
    pool: DatabasePool

    async def scan(self, request: Request) -> ASGIApp:
        self.bank.require_desk()
        asked = await read_json(request, HubScan, BODY_BYTES)
        answer = await self.pool.run(self._ask, ScanPath.parse(asked.path))
        return json_answer(answer, 202, {"location": f"/jobs/{answer['job_id']}"})

    def _ask(self, path: ScanPath) -> HubJobAnswer:
        with self.bank.scan_roots.open(path):
            pass  # it is there: who mistyped it is told now, and not by a job that failed
        scan = HubScan(path.text)
        job = self.bank.require_desk().jobs.enqueue(NewJob(scan.name, arguments_of(scan)))
        return tell_job(job, f"scan of {path}")
