"""Uploads, large downloads, event streams: counted by key, so that none takes all that there is.

Each process counts for itself. What is small and answered at once is not counted.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from data_bank_api.api.download import Download
from data_bank_api.auth.presented_key import presented_key
from data_bank_client.errors import RateLimitError

# Where a request of a session has the digest of its key; others carry the key itself.
HOLDER = "databank.holder"


class Transfers:
    def __init__(self, most: int) -> None:
        self._most = most
        self._under_way: Counter[tuple[str, bytes]] = Counter()  # as few as there are keys

    @contextmanager
    def place(self, kind: str, request: Request) -> Iterator[None]:
        """One of the key's places for transfers of this kind. Raises RateLimitError."""
        holder = (kind, _holder_of(request))
        if self._under_way[holder] >= self._most:
            raise RateLimitError(f"this key has {self._most} {kind}s under way: try again soon")
        self._under_way[holder] += 1
        try:
            yield
        finally:
            self._under_way[holder] -= 1

    def count(self, answer: ASGIApp, request: Request) -> ASGIApp:
        """The answer; one that streams has a place while it does."""
        if not isinstance(answer, Download):
            return answer

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            try:
                with self.place("download", request):
                    await answer(scope, receive, send)
            except RateLimitError:
                answer.close()
                raise

        return counted


def _holder_of(request: Request) -> bytes:
    """The digest of its key: keys themselves are kept nowhere."""
    holder: bytes | None = request.scope.get(HOLDER)
    if holder is not None:
        return holder
    fields = request.headers
    key = presented_key(fields.get("x-api-key", ""), fields.get("authorization", "")) or ""
    return hashlib.sha256(key.encode()).digest()
