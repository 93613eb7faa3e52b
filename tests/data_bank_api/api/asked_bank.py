"""A bank in this process, asked without a server."""

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path

import httpx2
import redis
from starlette.types import ASGIApp

from data_bank_api.api.main import build_app
from data_bank_api.catalog.document import Document
from data_bank_api.catalog.index.building import IndexMaker
from data_bank_api.catalog.index.folders import IndexFolders
from data_bank_api.config import Settings
from data_bank_api.wiring import Bank, Catalog, build_bank
from tests.data_bank_api.catalog.refreshing import Desk
from tests.fakes.refresher import Listing
from tests.running_bank import KEYS, READ_KEY

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Asked:
    """The application of a bank, asked without a server."""

    bank: Bank
    app: ASGIApp

    @property
    def catalog(self) -> Catalog:
        return self.bank.require_catalog()

    def ask(
        self,
        path: str,
        key: str | None = READ_KEY,
        method: str = "GET",
        fields: Json | None = None,
        **said: str,
    ) -> httpx2.Response:
        """`fields` are those of a body in JSON; `said` are headers."""

        async def send() -> httpx2.Response:
            transport = httpx2.ASGITransport(self.app)
            async with httpx2.AsyncClient(transport=transport, base_url="http://bank") as client:
                headers = said if key is None else {"X-API-Key": key, **said}
                return await client.request(method, path, headers=headers, json=fields)

        return asyncio.run(send())

    def get(self, path: str, status: int = 200) -> Json:
        answer = self.ask(f"/api/datasets{path}")
        assert answer.status_code == status, answer.text
        return dict(answer.json())

    def ids(self, query: str) -> list[str]:
        items = self.get(f"?{query}")["items"]
        assert isinstance(items, list)
        return [each["id"] for each in items]


def build(folder: Path, redis_url: str, **settings: str) -> Asked:
    given = {"DATA_ROOT": str(folder), "MIN_FREE_GB": "0", "REDIS_URL": redis_url, **KEYS}
    bank = build_bank(Settings.read({**given, **settings}))
    return Asked(bank, build_app(bank))


def fill(client: redis.Redis, folder: Path, documents: list[Document]) -> None:
    """Refresh the catalog of the bank in this folder to these, and make its index."""
    index = IndexMaker(IndexFolders(folder / "state" / "catalog"))
    desk = Desk(client, Listing(documents, size=2))
    replace(desk.full(), index=index).run()
