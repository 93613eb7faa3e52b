"""The calls about webhooks."""

import re
from collections.abc import Iterable

import msgspec

from data_bank_client.calls.answers import expect, json_reader
from data_bank_client.calls.call import Call, Request
from data_bank_client.calls.outgoing import Body
from data_bank_client.calls.page_query import page_query
from data_bank_client.errors import InvalidInputError
from data_bank_client.wire.webhooks import (
    DeliveryPage,
    NewWebhook,
    WebhookPage,
    WebhookQuestion,
)

_ID = re.compile(r"\A[0-9a-f]{32}\Z")


def create(
    url: str, types: Iterable[str] | None, secret: str | None, user_id: int
) -> Call[NewWebhook]:
    """Make a webhook. It is not sent again where the answer is lost: there could be two then."""
    question = WebhookQuestion(
        url=url,
        types=None if types is None else list(types),
        secret=secret,
        user_id=user_id,
    )
    content = msgspec.json.encode(question)
    headers = {"Content-Type": "application/json", "Content-Length": str(len(content))}
    body = Body(lambda: (content,), length=len(content), is_hashed=False)
    request = Request("POST", "/webhooks", headers=headers, body=body)
    return Call(request, json_reader(NewWebhook, 201))


def list_page(limit: int, cursor: str | None) -> Call[WebhookPage]:
    """A page of webhooks. Raises InvalidInputError."""
    request = Request("GET", "/webhooks", query=page_query(limit, cursor))
    return Call(request, json_reader(WebhookPage, 200))


def list_deliveries(webhook_id: str, limit: int, cursor: str | None) -> Call[DeliveryPage]:
    """A page of a webhook's deliveries. Raises InvalidInputError."""
    path = f"{_path(webhook_id)}/deliveries"
    request = Request("GET", path, query=page_query(limit, cursor))
    return Call(request, json_reader(DeliveryPage, 200))


def delete(webhook_id: str) -> Call[None]:
    """Remove a webhook. Raises InvalidInputError."""
    return Call(Request("DELETE", _path(webhook_id)), lambda answer: expect(answer, 204))


def _path(webhook_id: str) -> str:
    if not _ID.match(webhook_id):
        raise InvalidInputError("the id of a webhook is 32 hexadecimal digits")
    return f"/webhooks/{webhook_id}"
