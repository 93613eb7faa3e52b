"""The line that the log has for each request: most lines are of this kind, so it is made at once.

{"event": "request", "level": "info", "at": "...", "request_id": "...", "method": "GET",
 "path": "/files", "status": 200, "bytes": 12, "milliseconds": 0.4}
"""

import logging
import sys
from contextlib import suppress
from datetime import UTC, datetime

import msgspec

_encoder = msgspec.json.Encoder()
_log = logging.getLogger("data_bank_api.requests")


class RequestLine(msgspec.Struct, frozen=True, gc=False):
    """`bytes` of the answer's body were sent. Never a query or a header."""

    event: str
    level: str
    at: datetime
    request_id: str | None
    method: str
    path: str
    status: int
    bytes: int
    milliseconds: float


def write_request_line(
    request_id: str | None, method: str, path: str, status: int, sent: int, seconds: float
) -> None:
    """To standard error, where the log's level lets it through."""
    if _log.isEnabledFor(logging.INFO):
        at, taken = datetime.now(UTC), round(seconds * 1000, 3)
        line = RequestLine("request", "info", at, request_id, method, path, status, sent, taken)
        with suppress(OSError):  # a log that cannot be written stops no request
            sys.stderr.write(f"{_encoder.encode(line).decode()}\n")
