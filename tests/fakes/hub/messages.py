"""What the stand-in Hub is asked, and what it answers, as values; what is sent over a socket is in
server.py. An `Answer` also says how it is to be sent badly, which is what the faults set.
"""

import json
import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Self
from urllib.parse import parse_qsl, unquote

from tests.fakes.hub.content import Content


@dataclass(eq=False)
class Request:
    """One that arrived.

    `status` and `sent` (bytes of body) are set while it is answered, `ended` when neither changes
    any more; `answered` just before the last byte, so that it is set for whoever has them all.

    host: hub, storage or elsewhere. kind: what it asks for, see routes.py. Names of headers are in
    lower case.
    """

    host: str
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""
    kind: str = ""
    status: int = 0
    sent: int = 0
    begun: float = field(default_factory=time.monotonic)
    answered: float = math.inf
    ended: float = math.inf

    @property
    def raw_path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def path(self) -> str:
        return unquote(self.raw_path)

    @property
    def query(self) -> list[tuple[str, str]]:
        return parse_qsl(self.target.partition("?")[2], keep_blank_values=True)

    @property
    def token(self) -> str | None:
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token if scheme.lower() == "bearer" else None

    @property
    def range(self) -> str | None:
        return self.headers.get("range")

    def one(self, name: str, default: str = "") -> str:
        """A parameter of the query."""
        return dict(self.query).get(name, default)

    def without(self, *names: str) -> "Request":
        kept = {name: value for name, value in self.headers.items() if name not in names}
        return replace(self, headers=kept)


@dataclass(frozen=True)
class Slice:
    """A range of a content, as a body. `garbled`: places, counted in the file, of wrong bytes;
    `more`: bytes that follow and are none of the content's.
    """

    content: Content
    start: int
    count: int
    garbled: tuple[int, ...] = ()
    more: bytes = b""

    @property
    def length(self) -> int:
        return self.count + len(self.more)

    def chunks(self) -> Iterator[bytes]:
        at = self.start
        for chunk in self.content.chunks(self.start, self.count):
            yield self._spoilt(chunk, at)
            at += len(chunk)
        if self.more:
            yield self.more

    def _spoilt(self, chunk: bytes, at: int) -> bytes:
        places = [place - at for place in self.garbled if at <= place < at + len(chunk)]
        if not places:
            return chunk
        changed = bytearray(chunk)
        for place in places:
            changed[place] ^= 0xFF
        return bytes(changed)


def whole(data: bytes) -> Slice:
    return Slice(Content(data), 0, len(data))


@dataclass(frozen=True)
class Answer:
    """How it is sent: the head, then `body`; the connection ends after `drop_after` bytes of it,
    by a reset if `is_reset`; it stands still where `stall` says so, and goes at `bytes_per_second`.

    `declared` is the Content-Length where that is to be another than the true one.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Slice = field(default_factory=lambda: whole(b""))
    declared: int | None = None
    drop_after: int | None = None
    is_reset: bool = False
    stall: "Stall | None" = None
    bytes_per_second: int | None = None
    is_chunked: bool = False

    @property
    def is_plain(self) -> bool:
        """It is sent as it should be, byte by byte as in its source."""
        odd = (self.declared, self.drop_after, self.stall, self.bytes_per_second)
        is_true = not self.body.garbled and not self.body.more
        return odd == (None,) * 4 and is_true and not self.is_chunked

    def with_headers(self, headers: Mapping[str, str]) -> Self:
        """With these beside and instead of its own."""
        return replace(self, headers={**self.headers, **headers})


class Stall:
    """Where a body stands still: after so many bytes, until it may go on or the server ends."""

    def __init__(self, after: int) -> None:
        self.after = after
        self.is_reached = Event()
        self.may_go_on = Event()


def json_answer(value: object, headers: Mapping[str, str] | None = None) -> Answer:
    body = json.dumps(value).encode()
    known = {"Content-Type": "application/json; charset=utf-8"}
    return Answer(200, {**known, **(headers or {})}, whole(body))


def refusal(
    status: int, code: str | None, message: str, headers: Mapping[str, str] | None = None
) -> Answer:
    """An error as the Hub gives it: its code and message are in headers."""
    known = {"Content-Type": "application/json; charset=utf-8", "X-Error-Message": message}
    if code is not None:
        known["X-Error-Code"] = code
    return Answer(
        status, {**known, **(headers or {})}, whole(json.dumps({"error": message}).encode())
    )
