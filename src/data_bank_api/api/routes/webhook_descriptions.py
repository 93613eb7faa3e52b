"""The operations of `/webhooks` in words and types; their handlers are in `webhooks.py`."""

from data_bank_api.api.openapi.description import (
    JSON,
    Answer,
    Body,
    Description,
    Group,
    Parameter,
)
from data_bank_api.api.openapi.phrases import BAD_JSON, REMOVED, TEXT, page_of, paging, send_json
from data_bank_client import errors
from data_bank_client.wire.webhooks import (
    WEBHOOK_LIMIT,
    WEBHOOK_LIST_DEFAULT,
    WEBHOOK_LIST_LIMIT,
    DeliveryPage,
    NewWebhook,
    WebhookPage,
    WebhookQuestion,
)

WEBHOOKS = Group("Webhooks", "Addresses that are called when something happens to a job.")

ID = Parameter("id", "path", "The webhook's id.", TEXT)
_PAGE = paging(WEBHOOK_LIST_LIMIT, WEBHOOK_LIST_DEFAULT)

POST = Description(
    WEBHOOKS,
    "create_webhook",
    "Make a webhook",
    f"Its secret is told in this answer alone. There may be {WEBHOOK_LIMIT}.",
    (Answer(201, "It is called from now on.", {JSON: NewWebhook}),),
    body=Body("The address, and for which events it is called.", {JSON: WebhookQuestion}),
    errors=(*BAD_JSON, errors.ConflictError),
    curl=(send_json("/webhooks", '{"url": "https://example.com/events"}'),),
)

LIST = Description(
    WEBHOOKS,
    "list_webhooks",
    "List webhooks",
    "Newest first, without their secrets.",
    (page_of(WebhookPage),),
    parameters=_PAGE,
    errors=(errors.InvalidInputError,),
    curl=('"$DATA_BANK_URL/webhooks"',),
)

DELETE = Description(
    WEBHOOKS,
    "remove_webhook",
    "Remove a webhook",
    "What is still to be delivered to it is dropped. One that is not there is 204 too.",
    (REMOVED,),
    parameters=(ID,),
    curl=('-X DELETE "$DATA_BANK_URL/webhooks/ID"',),
)

DELIVERIES = Description(
    WEBHOOKS,
    "list_deliveries",
    "List the deliveries of a webhook",
    "Newest first: how each went. Those that are over are kept as long as jobs are.",
    (page_of(DeliveryPage),),
    parameters=(ID, *_PAGE),
    errors=(errors.NotFoundError, errors.InvalidInputError),
    curl=('"$DATA_BANK_URL/webhooks/ID/deliveries"',),
)
