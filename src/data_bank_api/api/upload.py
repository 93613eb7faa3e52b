"""Taking a file from a request's body: what the head says, and the way of the bytes.

request.stream() ── pump, 1 MiB at a time ──> Sink.feed ──> Intake ──> store
                    (the loop receives)       (a storage thread hashes and writes)

The first bytes go at once, and what a thread raises ends the upload when the next ones come.
A small body is received whole, and the rest of it is one step of one thread.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Protocol

from starlette.requests import Request

from data_bank_api.api.fields import combine, content_length
from data_bank_api.api.form import FormSink, read_boundary
from data_bank_api.api.form_part import PartHead
from data_bank_api.api.form_texts import FormTexts
from data_bank_api.api.pool import StoragePool, abandon
from data_bank_api.blobs.receive import Declared, Intake, Receiver
from data_bank_api.blobs.store import Stored
from data_bank_client.errors import BadRequestError, UnsupportedMediaTypeError
from data_bank_client.wire.content_type import is_content_type
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.digest_fields import DigestCheck, parse_digest
from data_bank_client.wire.files import DEFAULT_CONTENT_TYPE

CHUNK = 1024 * 1024
_SMALL = 64 * 1024

# What curl says of any --data-binary: no form is meant by it here.
_NOT_MEANT = "application/x-www-form-urlencoded"


class Sink(Protocol):
    """Where a body's bytes go. Its methods block."""

    def feed(self, chunk: bytes) -> None: ...

    def finish(self) -> Stored: ...


class RawSink:
    """The body is the file."""

    def __init__(self, intake: Intake, check: DigestCheck, content_type: str) -> None:
        self._intake = intake
        self._check = check
        self._content_type = content_type

    def feed(self, chunk: bytes) -> None:
        self._check.update(chunk)
        self._intake.write(chunk)

    def finish(self) -> Stored:
        self._check.verify()
        return self._intake.finish(self._content_type)


def clean_content_type(text: str | None) -> str:
    """The type to keep. Raises UnsupportedMediaTypeError for what is not one."""
    if not text or text.partition(";")[0].strip().lower() == _NOT_MEANT:
        return DEFAULT_CONTENT_TYPE
    if not is_content_type(text):
        raise UnsupportedMediaTypeError("Content-Type is not a media type such as text/csv")
    return text


def type_of_part(head: PartHead) -> str:
    """As `clean_content_type`, of a file in a form."""
    return clean_content_type(head.content_type)


@dataclass(frozen=True, slots=True)
class UploadHead:
    """What a request says of the file it brings."""

    length: int | None
    content_type: str | None
    declared_digests: list[tuple[str, dict[str, bytes]]]

    @classmethod
    def read(cls, fields: dict[str, str]) -> "UploadHead":
        """Raises BadRequestError, UnsupportedMediaTypeError."""
        if fields.get("content-encoding", "identity").strip().lower() != "identity":
            raise UnsupportedMediaTypeError("a file is stored as it is: send no Content-Encoding")
        if "content-range" in fields:
            raise BadRequestError("a file is stored whole: send no Content-Range")
        digests = [
            (name, parse_digest(name, fields[name.lower()]))
            for name in ("Repr-Digest", "Content-Digest")
            if name.lower() in fields
        ]
        return cls(content_length(fields), fields.get("content-type"), digests)

    @property
    def is_small(self) -> bool:
        """Whether the body is read before room is taken, so that it costs one hop to a thread."""
        return self.length is not None and self.length <= _SMALL

    def receive(self, receiver: Receiver, digest: Digest | None) -> tuple[Intake, Sink]:
        """Where the bytes go. A form is read only where the address does not name the file."""
        boundary = None if digest is not None else read_boundary(self.content_type)
        if boundary is not None:
            return self.receive_form(receiver, boundary, type_of_part)
        content_type = clean_content_type(self.content_type)
        check = DigestCheck(self.declared_digests)
        intake = receiver.begin(Declared(size=self.length, digest=digest))
        return intake, RawSink(intake, check, content_type)

    def receive_form(
        self,
        receiver: Receiver,
        boundary: bytes,
        type_of: Callable[[PartHead], str],
        texts: FormTexts | None = None,
    ) -> tuple[Intake, Sink]:
        """Where the bytes of a form go; `type_of` and `texts` as FormSink has them."""
        check = DigestCheck(self.declared_digests)
        intake = receiver.begin(Declared(room=self.length))
        return intake, FormSink(intake, check, boundary, type_of, texts)


async def take_upload(
    request: Request, receiver: Receiver, pool: StoragePool, digest: Digest | None
) -> Stored:
    """Store the file that a request brings; with `digest`, only if that is what it has.

    All that can be refused by the head is refused before the body is read.
    """
    head = UploadHead.read(combine(request.headers))
    intake, sink = head.receive(receiver, digest)
    return await carry(request, head, intake, sink, pool)


async def carry(
    request: Request, head: UploadHead, intake: Intake, sink: Sink, pool: StoragePool
) -> Stored:
    """Take a request's body to its sink. What ends it early leaves nothing in the store."""
    try:
        if head.is_small:
            body = b"".join([chunk async for chunk in request.stream()])
            return await pool.run(_take_at_once, intake, sink, body)
        await pool.run(intake.open)
        rest = await _pump(request.stream(), sink.feed, pool)
        return await pool.run(_finish, sink, rest)
    except BaseException:  # also when this task is cancelled at shutdown
        await pool.clean_up(intake.discard)
        raise


def _take_at_once(intake: Intake, sink: Sink, body: bytes) -> Stored:
    intake.open_at_hand()
    return _finish(sink, body)


def _finish(sink: Sink, rest: bytes) -> Stored:
    sink.feed(rest)
    return sink.finish()


async def _pump(
    chunks: AsyncIterator[bytes], feed: Callable[[bytes], None], pool: StoragePool
) -> bytes:
    """Feed all but the last bytes, which are returned. While a thread feeds, the next arrive."""
    feeding: asyncio.Future[None] | None = None
    held: list[bytes] = []
    size, enough = 0, 1  # the first bytes at once: what a form says of its file may end it
    try:
        async for chunk in chunks:
            held.append(chunk)
            size += len(chunk)
            if feeding is not None and (size >= enough or feeding.done()):
                await feeding
            if size >= enough:
                feeding = pool.start(feed, b"".join(held))
                held, size, enough = [], 0, CHUNK
        if feeding is not None:
            await feeding
    finally:
        abandon(feeding)
    return b"".join(held)
