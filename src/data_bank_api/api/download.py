"""Sending a file: the plan of an answer (`plan`, pure), and the answer that carries it out.

no Range         200   the whole
one range        206   Content-Range
several          206   multipart/byteranges, each part under a head of its own
none in it       416   (raised)
"""

import asyncio
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine, Iterator
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import chain, repeat

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data_bank_api.api.pool import StoragePool, abandon
from data_bank_api.blobs.reading import FetchedBlob
from data_bank_client.errors import RangeNotSatisfiableError, RequestTimeoutError
from data_bank_client.wire.files import FileInfo
from data_bank_client.wire.ranges import ByteRange, select

CHUNK = 1024 * 1024
# Until a reader has shown that it reads.
FIRST_CHUNKS = tuple(size * 1024 for size in (64, 64, 128, 128, *[256] * 6))
# In bytes: a reader slower than this in each `stall_seconds` is ended.
TAKEN_AT_LEAST = 64 * 1024

Piece = bytes | ByteRange
RawHeaders = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to send: a status, the headers that belong to it, and the pieces of the body."""

    status: int
    headers: dict[str, str]
    pieces: tuple[Piece, ...]

    def is_whole(self, info: FileInfo) -> bool:
        """Whether all the file's bytes are sent as they are, be it by a range."""
        return self.pieces == (ByteRange(0, info.size),)

    @property
    def length(self) -> int:
        return sum(map(len, self.pieces))

    def cut(self, content: bytes) -> bytes:
        """The body, made of all the file's bytes."""
        return b"".join(
            each if isinstance(each, bytes) else content[each.start : each.stop]
            for each in self.pieces
        )

    def head(self, headers: dict[str, str]) -> RawHeaders:
        """The answer's header fields: these, and the plan's own."""
        fields = {**headers, **self.headers, "content-length": str(self.length)}
        return tuple((name.encode(), value.encode("latin-1")) for name, value in fields.items())

    def steps(self) -> Iterator[Piece]:
        """The pieces, none larger than a chunk and none empty; the first chunks are smaller."""
        sizes = chain(FIRST_CHUNKS, repeat(CHUNK))
        for piece in self.pieces:
            if isinstance(piece, bytes):
                yield piece
            else:
                start = piece.start
                while start < piece.stop:
                    stop = min(start + next(sizes), piece.stop)
                    yield ByteRange(start, stop)
                    start = stop


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


@dataclass(frozen=True, slots=True)
class HeldAnswer:
    """An answer that is all in memory."""

    status: int
    head: RawHeaders
    content: bytes
    stall_seconds: float

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        async with reading(self.stall_seconds, len(self.content)):
            await send(_start(self.status, self.head))
            await send(_body(self.content, more=False))


def answer_with(
    blob: FetchedBlob,
    planned: Plan,
    headers: dict[str, str],
    pool: StoragePool,
    stall_seconds: float,
) -> ASGIApp:
    """The answer that carries out a plan; it closes the blob."""
    head = planned.head(headers)
    if blob.content is None:
        return Download(blob, planned, head, pool, stall_seconds)
    return HeldAnswer(planned.status, head, planned.cut(blob.content), stall_seconds)


class Download:
    """An answer that streams a plan from an open blob, which it closes.

    While one chunk is sent the next is read. It ends early, without the last byte, when the
    reader has gone or takes too little.
    """

    def __init__(
        self,
        blob: FetchedBlob,
        planned: Plan,
        head: RawHeaders,
        pool: StoragePool,
        stall_seconds: float,
    ) -> None:
        self._blob = blob
        self._plan = planned
        self._head = head
        self._pool = pool
        self._stall_seconds = stall_seconds

    def close(self) -> None:
        """For an answer that is not sent."""
        self._blob.close()

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if self._plan.length <= CHUNK:
                await self._send(send)
            else:
                await until_gone(receive, self._send(send))
        except BaseException:
            await self._pool.clean_up(self._blob.close)  # it waits for a read under way
            raise
        self._blob.close()

    async def _send(self, send: Send) -> None:
        left = self._plan.length
        async with aclosing(self._chunks()) as chunks:
            async for chunk in chunks:
                if left == self._plan.length:
                    # Only now: a failure of the first read still gets an answer of its own.
                    async with reading(self._stall_seconds, 0):
                        await send(_start(self._plan.status, self._head))
                left -= len(chunk)
                async with reading(self._stall_seconds, len(chunk)):
                    await send(_body(chunk, more=left > 0))

    async def _chunks(self) -> AsyncGenerator[bytes, None]:
        """The plan's bytes. While one chunk is given out it is checked, and the next is read."""
        check = self._blob.check if self._plan.is_whole(self._blob.info) else None
        left = self._plan.length
        steps = self._plan.steps()
        reading = self._read(next(steps, None))
        checking: asyncio.Future[None] | None = None
        try:
            while reading is not None:
                chunk = await reading
                left -= len(chunk)
                # Not yet for one who may never read: then little is held for him.
                reading = self._read(next(steps, None)) if len(chunk) == CHUNK else None
                if check is not None:
                    if checking is not None:
                        await checking
                    checking = self._pool.start(check, chunk)
                    if not left:
                        await checking
                yield chunk
                if reading is None:
                    reading = self._read(next(steps, None))
        finally:
            abandon(reading)
            abandon(checking)

    def _read(self, step: Piece | None) -> "asyncio.Future[bytes] | None":
        if step is None:
            return None
        if isinstance(step, ByteRange):
            return self._pool.start(self._blob.read, step.start, step.stop)
        done = asyncio.get_running_loop().create_future()
        done.set_result(step)
        return done


@asynccontextmanager
async def reading(stall_seconds: float, size: int) -> AsyncIterator[None]:
    """Time for the reader to take `size` bytes: `stall_seconds` for each TAKEN_AT_LEAST.

    A reader that takes nothing at all is ended sooner, by the kernel (commands/listening.py).
    """
    try:
        async with asyncio.timeout(stall_seconds * max(1, size / TAKEN_AT_LEAST)):
            yield
    except (TimeoutError, RuntimeError) as error:
        # RuntimeError is uvicorn's, where a client has gone that had sent the next request.
        raise ReaderGoneError from error


def _start(status: int, head: RawHeaders) -> Message:
    return {"type": "http.response.start", "status": status, "headers": list(head)}


def _body(chunk: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": chunk, "more_body": more}


class ReaderGoneError(Exception):
    """The reader left, or reads nothing: there is nobody to answer."""


async def until_gone(receive: Receive, sending: Coroutine[None, None, None]) -> None:
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
