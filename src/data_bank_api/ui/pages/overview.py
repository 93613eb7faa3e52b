"""`/ui`: what the bank holds, what it does, and whether it is well."""

import asyncio
from dataclasses import dataclass

from starlette.responses import Response

from data_bank_api.api.resource import PUBLIC
from data_bank_api.auth.session import SCOPES
from data_bank_api.queue.job_counts import MOST
from data_bank_api.ui.figures import Figures
from data_bank_api.ui.places import HOME, READ
from data_bank_api.ui.visit import Visit
from data_bank_api.ui.window import View, Window


def overview_windows(figures: Figures) -> list[Window]:
    overview = Overview(figures)
    return [
        Window(HOME, {"GET": View(SCOPES, overview.show)}),
        Window(f"{HOME}/", {"GET": View(PUBLIC, lead_home)}),
    ]


async def lead_home(visit: Visit) -> Response:
    """As people write it."""
    return visit.lead(HOME)


@dataclass(frozen=True, slots=True)
class Overview:
    figures: Figures

    async def show(self, visit: Visit) -> Response:
        health = await self.figures.health()
        if not visit.session.may(READ):
            return visit.show("overview.html", health=health, concerns=())
        figures = self.figures
        room, holdings, savings, jobs, concerns = await asyncio.gather(
            figures.room(),
            figures.holdings(),
            figures.savings(),
            figures.jobs(),
            figures.concerns(),
        )
        return visit.show(
            "overview.html",
            health=health,
            room=room,
            holdings=holdings,
            savings=savings,
            jobs=jobs,
            concerns=concerns,
            most_jobs=MOST,
            has_desk=figures.has_desk,
        )
