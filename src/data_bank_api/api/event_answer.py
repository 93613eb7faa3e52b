"""Events as an answer without an end: it follows the stream for its reader.

It is over when the reader has gone or does not read, and at once when the service is to stop.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from data_bank_api.api.download import reading, until_gone
from data_bank_api.api.event_source import EventSource
from data_bank_api.api.event_text import EventText
from data_bank_api.events.entry import Wanted
from data_bank_api.events.follow import News, follow
from data_bank_client.wire.stream_id import StreamId

_LAST_WORD_SECONDS = 1.0
_HEADERS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-accel-buffering", b"no"),  # nginx hands each piece on at once
)


@dataclass(frozen=True, slots=True)
class EventAnswer:
    """Raises ServiceUnavailableError where Redis is away, RateLimitError for one too many."""

    source: EventSource
    wanted: Wanted
    after: StreamId | None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self.source.place(Request(scope)):
            await until_gone(receive, self._answer(send, is_head=scope["method"] == "HEAD"))

    async def _answer(self, send: Send, *, is_head: bool) -> None:
        async with (
            self.source.connection() as client,
            aclosing(follow(client, self.after)) as stream,
        ):
            news = await anext(stream)
            sending = _Sending(send, self.source.stall_seconds)
            await sending.start()
            if not is_head:
                text = EventText(self.wanted)
                await sending.send(text.begin(news))
                await self.source.bell.until_rung(_tell(stream, text, sending))
        await sending.end()


class _Sending:
    """An answer on its way to one who may not read. Raises ReaderGoneError then."""

    def __init__(self, send: Send, stall_seconds: float) -> None:
        self._send = send
        self._stall_seconds = stall_seconds

    async def start(self) -> None:
        async with reading(self._stall_seconds, 0):
            await self._send(
                {"type": "http.response.start", "status": 200, "headers": list(_HEADERS)}
            )

    async def send(self, content: bytes) -> None:
        async with reading(self._stall_seconds, len(content)):
            await self._send({"type": "http.response.body", "body": content, "more_body": True})

    async def end(self) -> None:
        async with reading(_LAST_WORD_SECONDS, 0):
            await self._send({"type": "http.response.body", "body": b""})


async def _tell(stream: AsyncGenerator[News], text: EventText, sending: _Sending) -> None:
    async for news in stream:
        content = text.tell(news)
        if content:
            await sending.send(content)
