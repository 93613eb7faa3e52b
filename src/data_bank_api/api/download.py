"""Sending a file: the plan of an answer (`plan`, pure), and the answer that carries it out.

no Range         200   the whole
one range        206   Content-Range
several          206   multipart/byteranges, each part under a head of its own
none in it       416   (raised)
"""

import asyncio
import uuid
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import suppress
from dataclasses import dataclass

from starlette.types import Message, Receive, Scope, Send

from data_bank_api.api.pool import StoragePool
from data_bank_api.blobs.reading import FetchedBlob
from data_bank_client.errors import RangeNotSatisfiableError, RequestTimeoutError
from data_bank_client.wire.files import FileInfo
from data_bank_client.wire.ranges import ByteRange, select

CHUNK = 1024 * 1024
# In bytes: a reader slower than this in each `stall_seconds` is ended.
TAKEN_AT_LEAST = 64 * 1024

Piece = bytes | ByteRange


@dataclass(frozen=True, slots=True)
class Plan:
    """What to send: a status, the headers that belong to it, and the pieces of the body."""

    status: int
    headers: dict[str, str]
    pieces: tuple[Piece, ...]

    @property
    def length(self) -> int:
        return sum(map(len, self.pieces))

    def cut(self, content: bytes) -> bytes:
        """The body, made of all the file's bytes."""
        return b"".join(
            each if isinstance(each, bytes) else content[each.start : each.stop]
            for each in self.pieces
        )

    def steps(self) -> Iterator[Piece]:
        """The pieces, none larger than a chunk and none empty."""
        for piece in self.pieces:
            if isinstance(piece, bytes):
                yield piece
            else:
                for start in range(piece.start, piece.stop, CHUNK):
                    yield ByteRange(start, min(start + CHUNK, piece.stop))


def plan(info: FileInfo, range_header: str | None) -> Plan:
    """Raises RangeNotSatisfiableError."""
    size = info.size
    ranges = None if range_header is None else select(range_header, size)
    if ranges is None:
        return Plan(200, {"content-type": info.content_type}, (ByteRange(0, size),))
    match ranges:
        case []:
            raise RangeNotSatisfiableError(f"the file has {size} bytes", size=size)
        case [only]:
            headers = {
                "content-type": info.content_type,
                "content-range": only.content_range(size),
            }
            return Plan(206, headers, (only,))
        case _:
            return _plan_parts(info, ranges)


def _plan_parts(info: FileInfo, ranges: list[ByteRange]) -> Plan:
    boundary = uuid.uuid4().hex
    pieces: list[Piece] = []
    for each in ranges:
        head = (
            f"\r\n--{boundary}\r\nContent-Type: {info.content_type}\r\n"
            f"Content-Range: {each.content_range(info.size)}\r\n\r\n"
        )
        pieces += [head.encode(), each]
    pieces.append(f"\r\n--{boundary}--\r\n".encode())
    return Plan(206, {"content-type": f"multipart/byteranges; boundary={boundary}"}, tuple(pieces))


class Download:
    """An answer that streams a plan from an open blob, which it closes.

    While one chunk is sent the next is read. It ends early, without the last byte, when the
    reader has gone or takes too little.
    """

    def __init__(
        self,
        blob: FetchedBlob,
        planned: Plan,
        headers: dict[str, str],
        pool: StoragePool,
        stall_seconds: float,
    ) -> None:
        self._blob = blob
        self._plan = planned
        self._headers = headers
        self._pool = pool
        self._stall_seconds = stall_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope  # all that matters of it is in the plan
        if self._blob.content is not None:
            await self._begin(send)
            await self._put(send, _body(self._plan.cut(self._blob.content), more=False), 0)
            return
        try:
            if self._plan.length <= CHUNK:
                await self._send(send)
            else:
                await _until_gone(receive, self._send(send))
        except BaseException:
            await self._pool.clean_up(self._blob.close)  # it waits for a read under way
            raise
        self._blob.close()

    async def _begin(self, send: Send) -> None:
        fields = {**self._headers, **self._plan.headers, "content-length": str(self._plan.length)}
        headers = [(name.encode(), value.encode("latin-1")) for name, value in fields.items()]
        start = {"type": "http.response.start", "status": self._plan.status, "headers": headers}
        await self._put(send, start, 0)

    async def _send(self, send: Send) -> None:
        left = self._plan.length
        async for chunk in self._chunks():
            if left == self._plan.length:
                # Only now: a failure of the first read still gets an answer of its own.
                await self._begin(send)
            left -= len(chunk)
            await self._put(send, _body(chunk, more=left > 0), len(chunk))

    async def _put(self, send: Send, message: Message, size: int) -> None:
        """Give the server a message, and the reader time: `stall_seconds` for each TAKEN_AT_LEAST.

        A reader that takes nothing at all is ended sooner, by the kernel (commands/listening.py).
        """
        limit = self._stall_seconds * max(1, size / TAKEN_AT_LEAST)
        try:
            async with asyncio.timeout(limit):
                await send(message)
        except (TimeoutError, RuntimeError) as error:
            # RuntimeError is uvicorn's, where a client has gone that had sent the next request.
            raise ReaderGoneError from error

    async def _chunks(self) -> AsyncIterator[bytes]:
        """The plan's bytes; the read of the next chunk begins before one is given out."""
        steps = self._plan.steps()
        reading = self._start(next(steps, None))
        while reading is not None:
            chunk = await reading
            reading = self._start(next(steps, None))
            yield chunk

    def _start(self, step: Piece | None) -> "asyncio.Future[bytes] | None":
        if step is None:
            return None
        if isinstance(step, ByteRange):
            return self._pool.start(self._blob.read, step.start, step.stop)
        done = asyncio.get_running_loop().create_future()
        done.set_result(step)
        return done


def _body(chunk: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": chunk, "more_body": more}


class ReaderGoneError(Exception):
    """The reader left, or reads nothing: there is nobody to answer."""


async def _until_gone(receive: Receive, sending: Coroutine[None, None, None]) -> None:
    """Run `sending` to its end, or end it when the reader disconnects.

    Servers do not raise in send() then; they only tell through receive().
    """
    watcher = asyncio.ensure_future(_disconnected(receive))
    sender = asyncio.ensure_future(sending)
    try:
        await asyncio.wait((watcher, sender), return_when=asyncio.FIRST_COMPLETED)
        if not sender.done():
            raise ReaderGoneError
        await sender
    finally:
        watcher.cancel()
        sender.cancel()
        with suppress(asyncio.CancelledError):
            await watcher


async def _disconnected(receive: Receive) -> None:
    """A body that came with the request is read over; one that does not come is no matter."""
    while True:
        with suppress(RequestTimeoutError):
            if (await receive())["type"] == "http.disconnect":
                return
