"""A Data Bank of one process and no disk, as a handler for httpx2.MockTransport.

It answers as docs/api.md says, remembers what it was asked, and misbehaves on demand:
each of `faults` replaces or spoils the next answer, in order; None lets one pass.
"""

from collections.abc import AsyncIterator, Callable, Iterator

import httpx2
import msgspec

from data_bank_client.errors import DataBankClientError, DigestMismatchError, NotFoundError
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import BatchAnswer, BatchQuestion, FileAnswer, FilePage
from data_bank_client.wire.problem import status_of
from data_bank_client.wire.ranges import select

Fault = Callable[[httpx2.Response], httpx2.Response]
ADDRESS = "http://bank.test/prefix"
KEY = "a-key-that-nobody-may-see"


class Pieces(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """A body in pieces of `size` bytes that is lost after `cut` bytes, or never."""

    def __init__(self, content: bytes, size: int = 1000, cut: int | None = None) -> None:
        self.content, self.size, self.cut = content, size, cut

    def __iter__(self) -> Iterator[bytes]:
        sent = self.content if self.cut is None else self.content[: self.cut]
        for start in range(0, len(sent), self.size):
            yield sent[start : start + self.size]
        if self.cut is not None:
            raise httpx2.ReadError("the cable was pulled")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self:
            yield piece


def respond(
    status: int, content: bytes = b"", cut: int | None = None, /, **headers: str
) -> httpx2.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.Response(status, headers=named, stream=Pieces(content, cut=cut))


def fail(error: DataBankClientError, **headers: str) -> httpx2.Response:
    problem = {"code": error.code, "message": error.message, "request_id": "r-1"}
    return respond(status_of(error), msgspec.json.encode(problem), **headers)


def failing(error: DataBankClientError, **headers: str) -> Fault:
    return lambda _: fail(error, **headers)


def replaced(status: int, content: bytes = b"", **headers: str) -> Fault:
    return lambda _: respond(status, content, **headers)


def cut_after(count: int) -> Fault:
    """The connection is lost after so many bytes of the body."""

    def spoil(response: httpx2.Response) -> httpx2.Response:
        assert isinstance(response.stream, Pieces)
        response.stream.cut = count
        return response

    return spoil


def lose(_: httpx2.Response) -> httpx2.Response:
    raise httpx2.ConnectError("nobody there")


class FakeBank:
    def __init__(self, *contents: bytes) -> None:
        self.files = {Digest.of(each).hex: each for each in contents}
        self.requests: list[httpx2.Request] = []
        self.faults: list[Fault | None] = []

    @property
    def transport(self) -> httpx2.MockTransport:
        return httpx2.MockTransport(self.handle)

    @property
    def asked(self) -> list[str]:
        """What was asked: method and path, without the prefix."""
        return [f"{each.method} {each.url.path[7:]}" for each in self.requests]

    def handle(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        fault = self.faults.pop(0) if self.faults else None
        try:
            response = self._answer(request)
        except DataBankClientError as error:
            response = fail(error)
        return response if fault is None else fault(response)

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        parts = request.url.path.split("/")[3:]  # /prefix/files/...
        match request.method, parts:
            case "POST", []:
                return self._store(Digest.of(request.content), request)
            case "PUT", [name]:
                return self._store(Digest.parse(name), request)
            case "POST", ["batch"]:
                return self._batch(request)
            case "GET", []:
                return self._list(request)
            case "GET", [name, "info"]:
                return _json(200, self.answer(self._found(name)))
            case "DELETE", [name]:
                self.files.pop(name, None)
                return respond(204)
            case _, [name]:
                return self._send(request, self._found(name))
        raise NotFoundError("no such page")

    def _found(self, name: str) -> Digest:
        if name not in self.files:
            raise NotFoundError(f"there is no file {name}")
        return Digest.parse(name)

    def answer(self, digest: Digest, content_type: str = "text/plain") -> FileAnswer:
        return FileAnswer(
            file_id=digest.hex,
            size=len(self.files[digest.hex]),
            sha256=digest.hex,
            content_type=content_type,
            created_at="2026-11-21T10:00:00.000000Z",
        )

    def _store(self, digest: Digest, request: httpx2.Request) -> httpx2.Response:
        if digest != Digest.of(request.content):
            raise DigestMismatchError("the bytes are not those of the address")
        status = 200 if digest.hex in self.files else 201
        self.files[digest.hex] = request.content
        return _json(status, self.answer(digest, request.headers["Content-Type"]))

    def _batch(self, request: httpx2.Request) -> httpx2.Response:
        asked = msgspec.json.decode(request.content, type=BatchQuestion)["file_ids"]
        items = [self.answer(Digest(name)) for name in asked if name in self.files]
        missing = [name for name in asked if name not in self.files]
        return _json(200, BatchAnswer(items=items, missing=missing))

    def _list(self, request: httpx2.Request) -> httpx2.Response:
        query = request.url.params
        after, limit = query.get("cursor", ""), int(query["limit"])
        names = sorted(n for n in self.files if n > after and n.startswith(query.get("prefix", "")))
        more = len(names) > limit
        page = FilePage(
            items=[self.answer(Digest(name)) for name in names[:limit]],
            next_cursor=names[limit - 1] if more else None,
            has_more=more,
        )
        return _json(200, page)

    def _send(self, request: httpx2.Request, digest: Digest) -> httpx2.Response:
        content = self.files[digest.hex]
        size = len(content)
        ranges = None
        if "Range" in request.headers and request.headers.get("If-Range") == digest.etag:
            ranges = select(request.headers["Range"], size)
        if ranges == []:
            return respond(416, Content_Range=f"bytes */{size}")
        if ranges is None:
            return respond(200, content, ETag=digest.etag, Content_Length=str(size))
        (only,) = ranges
        return respond(
            206,
            content[only.start : only.stop],
            ETag=digest.etag,
            Content_Range=only.content_range(size),
        )


def _json(status: int, answer: object) -> httpx2.Response:
    return respond(status, msgspec.json.encode(answer), Content_Type="application/json")
