"""For who is called by the bank: is this call the bank's, and what happened?

    from data_bank_client import WebhookSignatureError, webhooks

    try:
        event = webhooks.verify(secret, request.headers, request.body)
    except WebhookSignatureError:
        ...                             # answer 401
    if event.event_id not in seen:      # a call may come twice
        ...

The signature is that of Standard Webhooks: its libraries verify it as well.
"""

import hmac
import re
import time
from collections.abc import Callable, Mapping

import msgspec

from data_bank_client.errors import UnexpectedAnswerError, WebhookSignatureError
from data_bank_client.wire import webhook_signature as signature
from data_bank_client.wire.events import JobEvent, decode_event

TOLERANCE = 300.0  # seconds

_SECONDS = re.compile(r"\A[0-9]{1,12}\Z")


def verify(
    secret: str,
    headers: Mapping[str, str],
    body: bytes,
    tolerance: float = TOLERANCE,
    *,
    clock: Callable[[], float] = time.time,
) -> JobEvent:
    """The event that a call tells of, if the call was signed with the webhook's secret.

    `headers` in whatever case, `body` the very bytes that came. A call that was signed more than
    `tolerance` seconds ago, or ahead of this machine's clock, is refused: it may be an old one
    that somebody sends again. Raises WebhookSignatureError; UnexpectedAnswerError for an event
    of a type that this version does not know; InvalidInputError for a secret that cannot be one.
    """
    fields = {name.lower(): value for name, value in headers.items()}
    message_id, sent_at, signatures = (
        _field(fields, name) for name in (signature.ID, signature.TIMESTAMP, signature.SIGNATURE)
    )
    expected = signature.sign(secret, message_id, sent_at, body)
    if not _holds(expected, signatures):
        raise WebhookSignatureError("the signature is not of this secret and this body")
    if not _SECONDS.match(sent_at) or abs(clock() - int(sent_at)) > tolerance:
        raise WebhookSignatureError(f"it was not signed within {tolerance:g} seconds of now")
    return _read(body)


def _field(fields: Mapping[str, str], name: str) -> str:
    text = fields.get(name, "")
    if not text or not text.isascii():
        raise WebhookSignatureError(f"the call has no {name}")
    return text


def _holds(expected: str, signatures: str) -> bool:
    """Whether one of several, with spaces between, is it; how far one is right takes no time."""
    wanted = expected.encode()
    found = [hmac.compare_digest(wanted, each.encode()) for each in signatures.split(" ")]
    return any(found)


def _read(body: bytes) -> JobEvent:
    try:
        return decode_event(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise UnexpectedAnswerError(f"the call is of no event that is known: {error}") from error
