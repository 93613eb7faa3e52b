"""Signed addresses: who has one may read that file, without a key, until it expires.

    /files/<digest>?expires=<seconds since 1970>&signature=<hex>

The signature is the HMAC-SHA-256 of method, digest and expiry, one a line. It is made and checked
by every process of the bank with one key of its own (signing_key.py), which no address tells.
"""

import hashlib
import hmac
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from data_bank_client.errors import ForbiddenError
from data_bank_client.wire.catalog import URL_SECONDS
from data_bank_client.wire.digest import Digest

EXPIRES, SIGNATURE = "expires", "signature"

_METHOD = "GET"  # HEAD asks for the same
_NUMBER = re.compile(r"\A[0-9]{1,12}\Z")


@dataclass(frozen=True, slots=True)
class SignedPath:
    path: str
    expires: int


@dataclass(frozen=True, slots=True)
class Signer:
    """`clock` in seconds since 1970."""

    key: bytes = field(repr=False)
    clock: Callable[[], float] = time.time

    def sign(self, digest: Digest) -> SignedPath:
        """Good for URL_SECONDS."""
        expires = int(self.clock()) + URL_SECONDS
        query = f"{EXPIRES}={expires}&{SIGNATURE}={self._signature(digest.hex, expires)}"
        return SignedPath(f"/files/{digest}?{query}", expires)

    def admits(self, digest: str, query: Mapping[str, str]) -> bool:
        """Whether these parameters let their sender read the file; False where there are none.

        Raises ForbiddenError for a signature that is wrong or has expired.
        """
        signature = query.get(SIGNATURE)
        if signature is None:
            return False
        expires = query.get(EXPIRES, "")
        until = int(expires) if _NUMBER.match(expires) else 0
        right = self._signature(digest, until)
        # As bytes: of other characters than ASCII compare_digest takes no text.
        if not hmac.compare_digest(signature.encode(), right.encode()):
            raise ForbiddenError("the signature is not this address's")
        if self.clock() >= until:
            raise ForbiddenError("this address has expired: ask for a new one")
        return True

    def _signature(self, digest: str, expires: int) -> str:
        said = f"{_METHOD}\n{digest}\n{expires}"
        return hmac.new(self.key, said.encode(), hashlib.sha256).hexdigest()
