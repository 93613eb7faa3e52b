"""Who is called can tell the bank's calls from others'."""

import pytest

from data_bank_client import (
    InvalidInputError,
    UnexpectedAnswerError,
    WebhookSignatureError,
    webhooks,
)
from data_bank_client.wire.events import JobEvent, JobStarted, encode_event
from data_bank_client.wire.webhook_signature import make_secret, sign

NOW = 1_800_000_000
SECRET = make_secret()
EVENT = JobStarted(event_id="e" * 32, at="2026-11-21T10:00:00.000000Z", job_id="j" * 32)
BODY = encode_event(EVENT)


def headers(at: int = NOW, body: bytes = BODY, secret: str = SECRET) -> dict[str, str]:
    return {
        "Webhook-Id": EVENT.event_id,
        "Webhook-Timestamp": str(at),
        "Webhook-Signature": sign(secret, EVENT.event_id, str(at), body),
    }


def verify(sent: dict[str, str], body: bytes = BODY, tolerance: float = 300) -> JobEvent:
    return webhooks.verify(SECRET, sent, body, tolerance, clock=lambda: float(NOW))


def test_a_call_that_was_signed_just_now_is_the_event() -> None:
    assert verify(headers()) == EVENT


def test_one_of_several_signatures_is_enough() -> None:
    sent = headers()
    sent["Webhook-Signature"] = f"v1a,AAAA v1,BBBB {sent['Webhook-Signature']}"
    assert verify(sent) == EVENT


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (headers(secret=make_secret()), "not of this secret"),
        (headers(body=BODY + b" "), "not of this secret"),
        ({**headers(), "Webhook-Id": "f" * 32}, "not of this secret"),
        ({**headers(), "Webhook-Timestamp": str(NOW + 1)}, "not of this secret"),
        ({**headers(), "Webhook-Signature": headers()["Webhook-Signature"][3:]}, "not of this"),
        ({**headers(), "Webhook-Id": ""}, "no webhook-id"),
        ({**headers(), "Webhook-Signature": "\u00e9"}, "no webhook-signature"),
        ({"webhook-id": "x"}, "no webhook-timestamp"),
        (headers(at=NOW - 301), "within 300 seconds"),
        (headers(at=NOW + 301), "within 300 seconds"),
        (headers(at=-NOW), "within 300 seconds"),
    ],
)
def test_any_other_call_is_refused(changed: dict[str, str], says: str) -> None:
    with pytest.raises(WebhookSignatureError, match=says) as caught:
        verify(changed)
    assert SECRET not in str(caught.value)


def test_how_old_a_call_may_be_is_the_callers_choice() -> None:
    assert verify(headers(at=NOW - 3600), tolerance=3600) == EVENT


@pytest.mark.parametrize("body", [b'{"type": "databank.file.v1"}', b"nothing", b"\xff"])
def test_an_event_that_is_not_known_is_told_apart_from_a_forged_one(body: bytes) -> None:
    with pytest.raises(UnexpectedAnswerError, match="no event that is known"):
        verify(headers(body=body), body)


def test_a_secret_that_can_be_none_is_no_forgery() -> None:
    with pytest.raises(InvalidInputError, match="Base64"):
        webhooks.verify("whsec_?", headers(), BODY)
