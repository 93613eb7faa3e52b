"""Sessions: who has signed in to the pages with a key stays signed in for a while, without it.

    token   base64url of    mark of the key | expiry | random bytes | seal
                            16 bytes          8        16             32

The mark is made of the key's digest and the bank's own signing key (signing_key.py): it tells
nothing of the key, and is known again by every process of the bank. The seal is an HMAC-SHA-256
over the rest. No session is kept anywhere; one ends when it expires, and at once when its key is
not among the bank's keys any more.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from data_bank_api.auth.keyring import KeyRing
from data_bank_api.auth.scope import Scope
from data_bank_client.errors import ForbiddenError

# What pages are for. A key for metrics alone opens nothing.
SCOPES = frozenset({Scope.READ, Scope.UPLOAD, Scope.DELETE})

_HEAD = struct.Struct(">16sQ16s")
_SEAL_BYTES = 32


@dataclass(frozen=True, slots=True)
class Session:
    """`holder` is the digest of its key; `proof` is what a form must bring along, since no other
    site can read it; `seconds_left` are from when it was found."""

    holder: bytes = field(repr=False)
    scopes: frozenset[Scope]
    proof: str = field(repr=False)
    seconds_left: float

    @property
    def words(self) -> list[str]:
        """Its scopes, for people."""
        return [scope.value for scope in Scope if scope in self.scopes]

    def may(self, scopes: frozenset[Scope]) -> bool:
        """Whether it carries one of these."""
        return not self.scopes.isdisjoint(scopes)

    def require(self, scopes: frozenset[Scope]) -> None:
        """Raises ForbiddenError unless it carries one of these."""
        if not self.may(scopes):
            needed = " or ".join(sorted(scope.value for scope in scopes))
            raise ForbiddenError(f"your key may not do that: it needs a key for {needed}")

    def require_proof(self, proof: str) -> None:
        """Raises ForbiddenError for a form that is not of this session."""
        if not hmac.compare_digest(proof.encode(), self.proof.encode()):
            raise ForbiddenError("this form is of another session: load its page again")


@dataclass(frozen=True, slots=True)
class Sessions:
    """`secret` is the bank's own, `clock` in seconds since 1970."""

    keys: KeyRing
    secret: bytes = field(repr=False)
    seconds: int
    clock: Callable[[], float] = time.time

    def open(self, key: str) -> str:
        """A token for who has this key. Raises ForbiddenError for one that opens nothing."""
        digest = hashlib.sha256(key.encode()).digest()
        if self.keys.scopes_of(digest).isdisjoint(SCOPES):
            raise ForbiddenError("this key is not known here")
        expires = int(self.clock()) + self.seconds
        head = _HEAD.pack(self._mark(digest), expires, secrets.token_bytes(16))
        return base64.urlsafe_b64encode(head + self._hmac(b"seal", head)).decode()

    def find(self, token: str) -> Session | None:
        """The session of a token; None for what is none, or has ended."""
        content = _decoded(token)
        head, seal = content[: _HEAD.size], content[_HEAD.size :]
        if len(seal) != _SEAL_BYTES or not hmac.compare_digest(seal, self._hmac(b"seal", head)):
            return None
        mark, expires, _ = _HEAD.unpack(head)
        seconds_left = expires - self.clock()
        if seconds_left <= 0:
            return None
        holders = [each for each in self.keys.digests() if self._mark(each) == mark]
        scopes = frozenset[Scope]().union(*map(self.keys.scopes_of, holders)) & SCOPES
        if not scopes:
            return None
        return Session(holders[0], scopes, self._hmac(b"proof", head).hex(), seconds_left)

    def _mark(self, digest: bytes) -> bytes:
        return self._hmac(b"mark", digest)[:16]

    def _hmac(self, purpose: bytes, content: bytes) -> bytes:
        """Of the secret, which also signs addresses: never the same for two purposes."""
        return hmac.new(self.secret, b"session %s\n%s" % (purpose, content), "sha256").digest()


def _decoded(token: str) -> bytes:
    """Nothing for what is no token."""
    try:
        return base64.b64decode(token, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
