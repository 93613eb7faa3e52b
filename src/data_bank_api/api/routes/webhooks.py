"""`/webhooks`: who is called when something happens to a job, and how the calls went."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from data_bank_api.api.answers import json_answer
from data_bank_api.api.moment_cursor import next_cursor, read_moment_place
from data_bank_api.api.page_query import read_limit
from data_bank_api.api.pool import DatabasePool
from data_bank_api.api.resource import Operation, Resource
from data_bank_api.api.routes import webhook_descriptions as told
from data_bank_api.api.routes.webhook_question import read_wish
from data_bank_api.auth.scope import Scope
from data_bank_api.queue.place import Place
from data_bank_api.queue.webhooks import Webhooks
from data_bank_api.wiring import Bank
from data_bank_client.wire.webhooks import (
    WEBHOOK_LIST_DEFAULT,
    WEBHOOK_LIST_LIMIT,
    DeliveryPage,
    WebhookPage,
)

READ, UPLOAD, DELETE = (frozenset({scope}) for scope in (Scope.READ, Scope.UPLOAD, Scope.DELETE))

_LIST = "webhooks"


def webhook_resources(bank: Bank, pool: DatabasePool) -> list[Resource]:
    room = WebhookRoom(bank, pool)
    return [
        Resource(
            "/webhooks",
            {
                "GET": Operation(READ, room.list, told.LIST),
                "POST": Operation(UPLOAD, room.post, told.POST),
            },
        ),
        Resource("/webhooks/{id}", {"DELETE": Operation(DELETE, room.delete, told.DELETE)}),
        Resource(
            "/webhooks/{id}/deliveries", {"GET": Operation(READ, room.deliveries, told.DELIVERIES)}
        ),
    ]


@dataclass(frozen=True, slots=True)
class WebhookRoom:
    bank: Bank
    pool: DatabasePool

    async def post(self, request: Request) -> ASGIApp:
        webhooks, settings = self._webhooks(), self.bank.settings
        wish = await read_wish(request, may_be_private=settings.are_private_webhooks_allowed)
        return json_answer(await self.pool.run(webhooks.create, wish), 201)

    async def list(self, request: Request) -> ASGIApp:
        limit, after = _page(request, _LIST)
        found = await self.pool.run(self._webhooks().newest, after, limit + 1)
        items = [webhook for _, webhook in found[:limit]]
        cursor = next_cursor(_LIST, [place for place, _ in found], limit)
        return json_answer(
            WebhookPage(items=items, next_cursor=cursor, has_more=cursor is not None)
        )

    async def delete(self, request: Request) -> ASGIApp:
        await self.pool.run(self._webhooks().remove, _id(request))
        return Response(status_code=204)

    async def deliveries(self, request: Request) -> ASGIApp:
        webhook_id = _id(request)
        name = f"{_LIST}/{webhook_id}"
        limit, after = _page(request, name)
        found = await self.pool.run(self._webhooks().deliveries, webhook_id, after, limit + 1)
        items = [delivery for _, delivery in found[:limit]]
        cursor = next_cursor(name, [place for place, _ in found], limit)
        return json_answer(
            DeliveryPage(items=items, next_cursor=cursor, has_more=cursor is not None)
        )

    def _webhooks(self) -> Webhooks:
        return self.bank.require_desk().webhooks


def _id(request: Request) -> str:
    return str(request.path_params["id"])  # what can be no id is nobody's


def _page(request: Request, list_name: str) -> tuple[int, Place | None]:
    query = request.query_params
    limit = read_limit(query, WEBHOOK_LIST_DEFAULT, WEBHOOK_LIST_LIMIT)
    return limit, read_moment_place(query, list_name)
