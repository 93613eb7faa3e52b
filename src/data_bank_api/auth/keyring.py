"""The keys that the bank knows, as SHA-256 digests: the keys themselves are kept nowhere."""

import hashlib
import hmac
from collections.abc import Mapping

from data_bank_api.auth.scope import Scope
from data_bank_client.errors import AuthorizationError, ForbiddenError


class KeyRing:
    def __init__(self, digests: Mapping[Scope, tuple[bytes, ...]]) -> None:
        self._digests = digests

    def digests(self) -> frozenset[bytes]:
        """Those of all keys, whatever they are good for."""
        return frozenset(known for digests in self._digests.values() for known in digests)

    def scopes_of(self, digest: bytes) -> frozenset[Scope]:
        """What the key of this digest is good for: nothing, where it is not known."""
        return frozenset(
            scope
            for scope, digests in self._digests.items()
            if sum([hmac.compare_digest(digest, known) for known in digests])
        )

    def carries(self, key: str, scopes: frozenset[Scope]) -> bool:
        """Whether `key` carries one of `scopes`, in a time that does not tell how near it came."""
        digest = hashlib.sha256(key.encode()).digest()
        candidates = [known for scope in scopes for known in self._digests[scope]]
        return bool(sum([hmac.compare_digest(digest, known) for known in candidates]))

    def authorise(self, key: str | None, scopes: frozenset[Scope]) -> None:
        """Return if `key` carries one of `scopes`.

        Raises AuthorizationError without a key, ForbiddenError with one that does not.
        """
        if key is None:
            raise AuthorizationError("send a key: X-API-Key: KEY or Authorization: Bearer KEY")
        if not self.carries(key, scopes):
            needed = " or ".join(sorted(scope.value for scope in scopes))
            raise ForbiddenError(f"this key may not do that: it needs a key for {needed}")
