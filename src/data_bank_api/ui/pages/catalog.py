"""`/ui/catalog`: the datasets of the Hub, found as somebody types; a refresh of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from starlette.responses import Response

from data_bank_api.api.pool import DatabasePool
from data_bank_api.api.routes.catalog import CatalogPools
from data_bank_api.api.routes.catalog_answer import tell_status
from data_bank_api.api.routes.catalog_desk import CatalogDesk, RefreshDesk
from data_bank_api.jobs.kinds.catalog_refresh import CatalogRefresh
from data_bank_api.queue.clock import utc_now
from data_bank_api.ui.catalog_question import PATH, CatalogQuestion
from data_bank_api.ui.places import HOME, READ, UPLOAD
from data_bank_api.ui.visit import Visit
from data_bank_api.ui.window import View, Window
from data_bank_api.ui.words import duration
from data_bank_api.wiring import Bank
from data_bank_client.wire.catalog import (
    DATASET_SORTS,
    IMPACT_LEVELS,
    SEARCH_LENGTH,
    CacheStatus,
    DatasetPage,
)
from data_bank_client.wire.times import parse_time

_MINUTE = timedelta(minutes=1)

_page = msgspec.json.Decoder(DatasetPage)


def catalog_windows(bank: Bank, database: DatabasePool, pools: CatalogPools) -> list[Window]:
    room = CatalogPages(bank, database, pools)
    return [
        Window(PATH, {"GET": View(READ, room.list)}),
        Window(f"{PATH}/refresh", {"POST": View(UPLOAD, room.refresh)}),
    ]


@dataclass(frozen=True, slots=True)
class CatalogPages:
    bank: Bank
    database: DatabasePool
    pools: CatalogPools

    async def list(self, visit: Visit) -> Response:
        catalog = self.bank.require_catalog()
        desk = CatalogDesk(catalog.reader, catalog.shelf)
        question = CatalogQuestion.read(visit.query)
        found = await self.pools.catalog.run(desk.page, question.asked)
        status = tell_status(await self.pools.catalog.run(desk.reader.status))
        return visit.show(
            "catalog.html",
            page=_page.decode(found),
            question=question,
            status=status,
            age=age_of(status, utc_now()),
            impacts=IMPACT_LEVELS,
            sorts=DATASET_SORTS,
            longest=SEARCH_LENGTH,
            has_token=self._has_token,
        )

    async def refresh(self, visit: Visit) -> Response:
        desk = RefreshDesk(self.bank.require_desk().jobs, self._has_token)
        job = await self.database.run(desk.ask, CatalogRefresh())
        return visit.lead(f"/ui/jobs/{job.job_id}" if visit.session.may(READ) else HOME)

    @property
    def _has_token(self) -> bool:
        return self.bank.settings.hub_token is not None


def age_of(status: CacheStatus, now: datetime) -> str | None:
    """In words; None where there is no catalog yet."""
    updated = status["last_update"]
    if updated is None:
        return None
    age = now - parse_time(updated)
    return duration(age) if age > _MINUTE else "less than a minute"
