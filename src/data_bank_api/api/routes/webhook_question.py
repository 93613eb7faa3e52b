"""What `POST /webhooks` is asked: read, and checked."""

from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request

from data_bank_api.api.json_body import read_json
from data_bank_api.jobs.outgoing_address import parse_address
from data_bank_api.queue.webhooks import WebhookWish
from data_bank_client.errors import InvalidInputError
from data_bank_client.wire.events import EVENT_TYPES
from data_bank_client.wire.jobs import USER_ID_LIMIT
from data_bank_client.wire.webhook_signature import check_secret, make_secret

BODY_BYTES = 16 * 1024


class AskedWebhook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A WebhookQuestion, its types checked."""

    url: str
    types: list[str] | None = None
    secret: str | None = None
    user_id: Annotated[int, Meta(ge=0, le=USER_ID_LIMIT)] = 0


async def read_wish(request: Request, *, may_be_private: bool) -> WebhookWish:
    """Raises PayloadTooLargeError, InvalidJsonError; InvalidInputError, which names the field."""
    asked = await read_json(request, AskedWebhook, BODY_BYTES)
    address = parse_address(asked.url, may_be_private=may_be_private)
    secret = make_secret() if asked.secret is None else check_secret(asked.secret)
    return WebhookWish(address.url, _types(asked.types), secret, asked.user_id)


def _types(asked: list[str] | None) -> tuple[str, ...]:
    if asked is None:
        return EVENT_TYPES
    if not asked or not set(asked) <= set(EVENT_TYPES):
        raise InvalidInputError(f"types: one or more of {', '.join(EVENT_TYPES)}")
    return tuple(each for each in EVENT_TYPES if each in asked)
