"""Small files that were fetched lately, beside all else: no middleware, no route, no thread.

Taken here is a plain `GET /files/{id}` of a whole file. What asks for more (a range, a
condition, a name, a body) and what may be refused (framing, the key, the id, damage) goes the
ordinary way, whose answer to a plain request is the same, header by header.
"""

import asyncio
import re
import time
from collections.abc import Sequence
from functools import lru_cache

from starlette.types import ASGIApp, Receive, Scope, Send

from data_bank_api.api.disposition import attachment
from data_bank_api.api.download import RawHeaders, plan
from data_bank_api.api.file_headers import file_headers
from data_bank_api.api.request_id import make_request_id
from data_bank_api.api.resource import ROUTE as TAKEN
from data_bank_api.auth.presented_key import presented_key
from data_bank_api.auth.scope import Scope as KeyScope
from data_bank_api.blobs.reading import HeldBlob
from data_bank_api.observability.request_line import write_request_line
from data_bank_api.wiring import Bank
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import FileInfo

ROUTE = "/files/{id}"
_PATH = re.compile(r"/files/([0-9a-f]{64})\Z")
_READ = frozenset({KeyScope.READ})
# Fields that change nothing of the answer, but for the key's.
_PLAIN = frozenset(
    (
        b"accept",
        b"accept-encoding",
        b"accept-language",
        b"authorization",
        b"cache-control",
        b"connection",
        b"host",
        b"pragma",
        b"user-agent",
        b"x-api-key",
    )
)


class FastLane:
    def __init__(self, app: ASGIApp, bank: Bank) -> None:
        self._app = app
        self._fetcher = bank.fetcher
        self._keys = bank.keys
        self._metrics = bank.metrics
        self._stall_seconds = bank.settings.stall_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        blob = self._find(scope)
        if blob is None:
            await self._app(scope, receive, send)
        else:
            scope[TAKEN] = ROUTE
            await self._answer(scope["path"], blob, send, started)

    def _find(self, scope: Scope) -> HeldBlob | None:
        named = _PATH.match(scope["path"])
        if named is None or scope["method"] != "GET" or scope["query_string"] or scope["root_path"]:
            return None
        key = _key_of_plain(scope["headers"])
        if key is None or not self._keys.carries(key, _READ):
            return None
        return self._fetcher.fetch_now(Digest(named[1]))

    async def _answer(self, path: str, blob: HeldBlob, send: Send, started: float) -> None:
        """It fits the connection's buffers, so only a reader that asks on without reading waits."""
        request_id, sent = make_request_id(), 0
        head = [*_head(blob.info), (b"x-request-id", request_id.encode())]
        task = asyncio.current_task()
        patience = asyncio.get_running_loop().call_later(  # cheaper than asyncio.timeout
            self._stall_seconds, lambda: task and task.cancel()
        )
        try:
            await send({"type": "http.response.start", "status": 200, "headers": head})
            await send({"type": "http.response.body", "body": blob.content})
            sent = len(blob.content)
        except (asyncio.CancelledError, RuntimeError):
            pass
        finally:
            patience.cancel()
        taken = time.perf_counter() - started
        write_request_line(request_id, "GET", path, 200, sent, taken)
        self._metrics.served("GET", ROUTE, 200, 0, sent, taken)
        self._metrics.served_from_memory()


def _key_of_plain(headers: Sequence[tuple[bytes, bytes]]) -> str | None:
    """The key that a request carries; None where it carries none, or is not a plain one."""
    fields = dict(headers)
    if len(fields) != len(headers) or b"host" not in fields or not fields.keys() <= _PLAIN:
        return None
    return presented_key(
        fields.get(b"x-api-key", b"").decode("latin-1"),
        fields.get(b"authorization", b"").decode("latin-1"),
    )


@lru_cache(4096)
def _head(info: FileInfo) -> RawHeaders:
    return plan(info, None).head(file_headers(info, attachment(None)))
