"""A crowd that asks for `/metrics` costs what one costs."""

import asyncio
import threading
from dataclasses import replace
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from data_bank_api.api.pool import StoragePool
from data_bank_api.api.routes.metrics import metrics_resources
from data_bank_api.config import Settings
from data_bank_api.observability.exposition import Exposition
from data_bank_api.wiring import build_bank
from tests.running_bank import KEYS


class SlowExposition(Exposition):
    """Gives the number of the look, when it may."""

    def __init__(self) -> None:
        super().__init__(())
        self.looks = 0
        self.may_end = threading.Event()

    def text(self) -> bytes:
        self.looks += 1
        self.may_end.wait()
        return str(self.looks).encode()


def test_who_asks_while_one_looks_is_told_what_that_one_is(tmp_path: Path) -> None:
    slow, pool = SlowExposition(), StoragePool()
    bank = build_bank(Settings.read({"DATA_ROOT": str(tmp_path), **KEYS}))
    (resource,) = metrics_resources(replace(bank, exposition=slow), pool)

    async def ask() -> bytes:
        answer = await resource.operations["GET"].handle(Request({"type": "http"}))
        assert isinstance(answer, Response)
        return bytes(answer.body)

    async def crowd() -> tuple[list[bytes], bytes]:
        asking = [asyncio.ensure_future(ask()) for _ in range(20)]
        await asyncio.sleep(0)
        slow.may_end.set()
        return await asyncio.gather(*asking), await ask()

    assert asyncio.run(crowd()) == ([b"1"] * 20, b"2")
    pool.close()
