"""How a call of a webhook is signed: Standard Webhooks 1.0 (https://www.standardwebhooks.com).

    webhook-id            the event's id, the same at every try
    webhook-timestamp     when this try was made, in seconds since 1970
    webhook-signature     v1,BASE64(HMAC-SHA256(key, "ID.TIMESTAMP.BODY"))

A secret `whsec_BASE64` is the key in Base64; any other is the key as it stands.
"""

import base64
import binascii
import hashlib
import hmac
import secrets

from data_bank_client.errors import InvalidInputError
from data_bank_client.wire.webhooks import SECRET_LONGEST, SECRET_SHORTEST

ID = "webhook-id"
TIMESTAMP = "webhook-timestamp"
SIGNATURE = "webhook-signature"
VERSION = "v1"

_PREFIX = "whsec_"
_KEY_BYTES = 32


def make_secret() -> str:
    """A new one, of 32 random bytes."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def check_secret(secret: str) -> str:
    """Raises InvalidInputError for one that is too short, too long or cannot be read."""
    is_plain = secret.isascii() and secret.isprintable()
    if not (is_plain and SECRET_SHORTEST <= len(secret) <= SECRET_LONGEST):
        raise InvalidInputError(
            f"a secret has {SECRET_SHORTEST} to {SECRET_LONGEST} characters of printable ASCII"
        )
    if len(key_of(secret)) < SECRET_SHORTEST:
        raise InvalidInputError(f"the key of a secret has at least {SECRET_SHORTEST} bytes")
    return secret


def key_of(secret: str) -> bytes:
    """Raises InvalidInputError for a `whsec_` that is not Base64."""
    if not secret.startswith(_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidInputError("what follows whsec_ in a secret is Base64") from error


def sign(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """The value of `webhook-signature`. Raises InvalidInputError as `key_of` does."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    code = hmac.new(key_of(secret), signed, hashlib.sha256).digest()
    return f"{VERSION},{base64.b64encode(code).decode()}"
