"""`/ui/hub`: the repositories that are mirrored, and the form that registers another one."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from data_bank_api.api.moment_cursor import read_moment_place
from data_bank_api.api.pool import DatabasePool
from data_bank_api.api.routes.hub_desk import HubDesk
from data_bank_api.api.routes.hub_question import Wish, read_repo_id, read_repo_type
from data_bank_api.ui.fetched import fetched
from data_bank_api.ui.places import HOME, READ, UPLOAD
from data_bank_api.ui.registration import BLANK, Refusal, read_wish
from data_bank_api.ui.visit import Visit
from data_bank_api.ui.window import View, Window
from data_bank_api.wiring import Bank
from data_bank_client.errors import ConflictError, InvalidInputError
from data_bank_client.wire.hub import REPO_TYPES
from data_bank_client.wire.problem import status_of

_ROWS = 25
_LIST = "hub/repos"


def hub_windows(bank: Bank, pool: DatabasePool) -> list[Window]:
    room = HubPages(bank, pool)
    return [
        Window("/ui/hub", {"GET": View(READ | UPLOAD, room.list)}),
        Window(
            "/ui/hub/registration",
            {"GET": View(UPLOAD, room.ask), "POST": View(UPLOAD, room.register)},
        ),
    ]


@dataclass(frozen=True, slots=True)
class HubPages:
    bank: Bank
    pool: DatabasePool

    async def list(self, visit: Visit) -> Response:
        if not visit.session.may(READ):
            return await self.ask(visit)
        desk, query = self._desk(), visit.query
        after, asked = read_moment_place(query, _LIST), (read_repo_type(query), read_repo_id(query))
        page = await self.pool.run(desk.list_whole, _LIST, after, _ROWS, *asked)
        repo_type, repo_id = asked
        return visit.show(
            "hub.html",
            page=page,
            fetched=fetched,
            types=REPO_TYPES,
            repo_type=repo_type or "",
            repo_id=repo_id or "",
            is_first=after is None,
        )

    async def ask(self, visit: Visit) -> Response:
        self._desk()
        return _form(visit, BLANK)

    async def register(self, visit: Visit) -> Response:
        desk = self._desk()
        try:
            wish = read_wish(visit.fields)
            repository_id = await self.pool.run(_register, desk, wish)
        except (InvalidInputError, ConflictError) as error:
            return _form(visit, visit.fields, status_of(error), Refusal.read(error.message))
        return visit.lead(f"/ui/hub/{repository_id}" if visit.session.may(READ) else HOME)

    def _desk(self) -> HubDesk:
        desk = self.bank.require_desk()
        return HubDesk(desk.database, desk.jobs)


def _register(desk: HubDesk, wish: Wish) -> str:
    desk.register(wish.registration, download=wish.download)
    return desk.find(wish.registration.name)["repository_id"]


def _form(
    visit: Visit, fields: Mapping[str, str], status: int = 200, refusal: Refusal | None = None
) -> Response:
    return visit.show("registration.html", status, fields=fields, types=REPO_TYPES, refusal=refusal)
