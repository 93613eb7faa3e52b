"""A connection whose other end cannot keep it waiting for ever by a byte now and then.

    write ──► the head: HEAD_SECONDS in all, however much comes (1xx answers have no end)
          ──► begin_body ──► BODY_SECONDS of waiting, which bytes fill up again by BODY_RATE

How long a single read may last is still the timeout of the request.
"""

import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpcore2


@dataclass(frozen=True, slots=True)
class StreamPatience:
    """Seconds, and bytes a second."""

    head_seconds: float = 60.0
    body_seconds: float = 60.0
    body_rate: float = 1024.0
    clock: Callable[[], float] = time.monotonic


# httpcore2 asks for 64 KiB at a time and takes what comes: a fast body costs a third less
# processor time in larger pieces.
_AT_ONCE = 256 * 1024


class PatientStream(httpcore2.NetworkStream):
    """Around another. Of a body more may come than was asked for. Raises what httpcore2 has for
    a read that took too long."""

    def __init__(self, inner: httpcore2.NetworkStream, patience: StreamPatience) -> None:
        self._inner = inner
        self._patience = patience
        self._left = patience.head_seconds
        self._rate: float | None = None  # none while it is the head that comes

    def begin_body(self) -> None:
        self._left = self._patience.body_seconds
        self._rate = self._patience.body_rate

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._left <= 0:
            raise httpcore2.ReadTimeout("the answer comes too slowly")
        began = self._patience.clock()
        most = max_bytes if self._rate is None else max(max_bytes, _AT_ONCE)
        data = self._inner.read(most, self._left if timeout is None else min(timeout, self._left))
        self._left -= self._patience.clock() - began
        if self._rate is not None:
            self._left = min(self._left + len(data) / self._rate, self._patience.body_seconds)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """A request: so what comes next is a head."""
        self._left, self._rate = self._patience.head_seconds, None
        self._inner.write(buffer, timeout)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        secured = self._inner.start_tls(ssl_context, server_hostname, timeout)
        return PatientStream(secured, self._patience)

    def get_extra_info(self, info: str) -> object:
        found: object = self._inner.get_extra_info(info)
        return found
