"""Webhooks as they are told: who is called, for which events, and how each call went.

    pending ──► delivered
       └──────► failed        after the last try, or where the address is gone (410)

Times are RFC 3339 in UTC.
"""

from typing import Literal, NotRequired, TypeAlias, TypedDict

DeliveryState: TypeAlias = Literal["pending", "delivered", "failed"]

WEBHOOK_LIMIT = 1000  # webhooks there may be
WEBHOOK_LIST_LIMIT = 1000
WEBHOOK_LIST_DEFAULT = 100
WEBHOOK_URL_LENGTH = 2048
SECRET_SHORTEST = 16
SECRET_LONGEST = 200


class WebhookQuestion(TypedDict):
    """An https address to call. Without `types`, for all; without a `secret`, one is made.

    `user_id` asks for the events of that user's jobs alone; 0 for those of all.
    """

    url: str
    types: NotRequired[list[str] | None]
    secret: NotRequired[str | None]
    user_id: NotRequired[int]


class WebhookAnswer(TypedDict):
    """A webhook."""

    webhook_id: str
    url: str
    types: list[str]
    user_id: int
    created_at: str


class NewWebhook(WebhookAnswer):
    """A webhook that was just made; its secret is told this once."""

    secret: str


class WebhookPage(TypedDict):
    """A page of webhooks, newest first; `next_cursor` asks for the one after it."""

    items: list[WebhookAnswer]
    next_cursor: str | None
    has_more: bool


class DeliveryAnswer(TypedDict):
    """The calls of a webhook for one event; `status` and `error` are of the last try."""

    event_id: str
    event_type: str
    state: DeliveryState
    tries: int
    status: int | None
    error: str | None
    created_at: str
    finished_at: str | None


class DeliveryPage(TypedDict):
    """A page of deliveries, newest first; `next_cursor` asks for the one after it."""

    items: list[DeliveryAnswer]
    next_cursor: str | None
    has_more: bool
