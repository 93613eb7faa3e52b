"""`/ui/catalog/datasets/org/name`: one dataset of the Hub, its files and commits, mirroring it.

What the Hub tells now is a page of its own, which htmx puts into that of the dataset: nobody waits
for a Hub that is slow, or away.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec
from starlette.responses import Response

from data_bank_api.api.pool import DatabasePool
from data_bank_api.api.routes.catalog import CatalogPools
from data_bank_api.api.routes.catalog_desk import CatalogDesk, DatasetDesk
from data_bank_api.api.routes.hub_desk import HubDesk
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.ui.catalog_question import PATH
from data_bank_api.ui.places import HOME, READ, UPLOAD
from data_bank_api.ui.visit import Visit
from data_bank_api.ui.window import View, Window
from data_bank_api.wiring import Bank
from data_bank_client.errors import (
    ExternalServiceError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    RateLimitError,
)
from data_bank_client.wire.catalog import DatasetAnswer

T = TypeVar("T")
Call = Callable[[RepoName, str, int], T]

PATIENCE = 10.0  # seconds that the Hub may take
_MAIN = "main"
_FILES, _COMMITS = 200, 10

_dataset = msgspec.json.Decoder(DatasetAnswer)


def dataset_windows(bank: Bank, database: DatabasePool, pools: CatalogPools) -> list[Window]:
    room = DatasetPages(bank, database, pools)
    return [
        Window(f"{PATH}/datasets/{{id:path}}", {"GET": View(READ, room.show)}),
        Window(f"{PATH}/contents/{{id:path}}", {"GET": View(READ, room.contents)}),
        Window(f"{PATH}/mirror", {"POST": View(UPLOAD, room.mirror)}),
    ]


@dataclass(frozen=True, slots=True)
class Asked(Generic[T]):
    """What the Hub told, or why it did not."""

    told: T | None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class DatasetPages:
    bank: Bank
    database: DatabasePool
    pools: CatalogPools

    async def show(self, visit: Visit) -> Response:
        catalog = self.bank.require_catalog()
        desk = CatalogDesk(catalog.reader, catalog.shelf)
        dataset = _dataset.decode(await self.pools.catalog.run(desk.one, visit.id))
        repository_id = await self.database.run(self._mirrored, visit.id)
        return visit.show("dataset.html", dataset=dataset, repository_id=repository_id)

    async def contents(self, visit: Visit) -> Response:
        name, one = _name(visit.id), self._one()
        files, commits = await asyncio.gather(
            self._ask(one.files, name, _FILES), self._ask(one.commits, name, _COMMITS)
        )
        return visit.show("contents.html", name=str(name), files=files, commits=commits)

    async def mirror(self, visit: Visit) -> Response:
        name = RepoName.parse("dataset", visit.fields.get("dataset_id", ""))
        repository_id = await self.database.run(self._mirror, name)
        return visit.lead(f"/ui/hub/{repository_id}" if visit.session.may(READ) else HOME)

    async def _ask(self, call: Call[T], name: RepoName, limit: int) -> Asked[T]:
        try:
            async with asyncio.timeout(PATIENCE):
                return Asked(await self.pools.hub.run(call, name, _MAIN, limit))
        except TimeoutError:
            return Asked(None, "the Hub did not answer in time")
        except (NotFoundError, ForbiddenError, RateLimitError, ExternalServiceError) as error:
            return Asked(None, error.message)

    def _mirrored(self, dataset_id: str) -> str | None:
        """The id of its repository, where it is mirrored."""
        try:
            return self._hub().find(RepoName.parse("dataset", dataset_id))["repository_id"]
        except (NotFoundError, InvalidInputError):
            return None

    def _mirror(self, name: RepoName) -> str:
        desk = self._hub()
        desk.mirror(name)
        return desk.find(name)["repository_id"]

    def _hub(self) -> HubDesk:
        desk = self.bank.require_desk()
        return HubDesk(desk.database, desk.jobs)

    def _one(self) -> DatasetDesk:
        desk, catalog = self.bank.require_desk(), self.bank.require_catalog()
        return DatasetDesk(desk.database, self.bank.store, catalog.live, self.bank.signer)


def _name(dataset_id: str) -> RepoName:
    """Raises NotFoundError for what can be no id."""
    try:
        return RepoName.parse("dataset", dataset_id)
    except InvalidInputError:
        raise NotFoundError("there is no such dataset") from None
