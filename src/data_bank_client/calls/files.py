"""The calls about files, one function a route of docs/api.md."""

from collections.abc import Generator, Sequence

import msgspec

from data_bank_client.calls.answers import expect, json_reader, read_size
from data_bank_client.calls.call import Answer, AsyncOutgoing, Call, Outgoing, Request
from data_bank_client.calls.outgoing import AsyncBody, Body
from data_bank_client.calls.page_query import page_query
from data_bank_client.calls.portion import Portion, check_etag, read_portion
from data_bank_client.errors import (
    DigestMismatchError,
    InvalidInputError,
    NotFoundError,
    UnexpectedAnswerError,
)
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import (
    DEFAULT_CONTENT_TYPE,
    BatchAnswer,
    BatchQuestion,
    FileAnswer,
    FileHead,
    FilePage,
)

_read_stored = json_reader(FileAnswer, 200, 201)


def _path(digest: Digest) -> str:
    return f"/files/{digest.hex}"


def _storing(method: str, path: str, body: Outgoing | AsyncOutgoing, content_type: str) -> Request:
    headers = {"Content-Type": content_type}
    if body.length is not None:
        headers["Content-Length"] = str(body.length)
    return Request(method, path, headers=headers, body=body)


def upload(body: Body | AsyncBody, content_type: str) -> Call[FileAnswer]:
    """Store a body of any name. Reading raises DigestMismatchError where other bytes arrived."""

    def read(answer: Answer) -> FileAnswer:
        found = _read_stored(answer)
        if found["file_id"] != body.digest.hex:
            raise DigestMismatchError(
                f"sent {body.digest}, and the service stored {found['file_id']}"
            )
        return found

    return Call(_storing("POST", "/files", body, content_type), read)


def _expect_id(found: FileAnswer, digest: Digest) -> FileAnswer:
    if found["file_id"] != digest.hex:
        raise UnexpectedAnswerError(f"asked about {digest}, answered about {found['file_id']}")
    return found


def put(digest: Digest, body: Outgoing, content_type: str) -> Call[FileAnswer]:
    """Store a body under its digest, which the service verifies."""
    request = _storing("PUT", _path(digest), body, content_type)
    return Call(request, lambda answer: _expect_id(_read_stored(answer), digest))


def info(digest: Digest) -> Call[FileAnswer]:
    """What the bank knows of a file."""
    read = json_reader(FileAnswer, 200)
    request = Request("GET", f"{_path(digest)}/info")
    return Call(request, lambda answer: _expect_id(read(answer), digest))


def head(digest: Digest) -> Call[FileHead]:
    """What the headers tell of a file."""

    def read(answer: Answer) -> FileHead:
        expect(answer, 200)
        size, etag = read_size(answer.headers), answer.headers.get("etag")
        if size is None or etag is None:
            raise UnexpectedAnswerError("the answer lacks its Content-Length or its ETag")
        kind = answer.headers.get("content-type", DEFAULT_CONTENT_TYPE)
        return FileHead(file_id=digest.hex, size=size, content_type=kind, etag=etag)

    return Call(Request("HEAD", _path(digest)), read)


def list_page(limit: int, cursor: str | None, prefix: str) -> Call[FilePage]:
    """A page of the files whose ids begin with `prefix`. Raises InvalidInputError."""
    query = page_query(limit, cursor)
    if not prefix.isascii():
        raise InvalidInputError("a prefix is plain ASCII text")
    if prefix:
        query["prefix"] = prefix
    return Call(Request("GET", "/files", query=query), json_reader(FilePage, 200))


def batch(digests: Sequence[Digest]) -> Call[BatchAnswer]:
    """Which of at most BATCH_LIMIT files are stored."""
    question = BatchQuestion(file_ids=[digest.hex for digest in digests])
    request = Request(
        "POST",
        "/files/batch",
        headers={"Content-Type": "application/json"},
        body=msgspec.json.encode(question),
    )
    return Call(request, json_reader(BatchAnswer, 200))


def delete(digest: Digest, *, force: bool = False) -> Generator[Request, Answer, None]:
    """Remove a file. Where an earlier try removed it and its answer was lost, all is well."""
    request = Request("DELETE", _path(digest), query={"force": "true"} if force else {})
    call = Call(request, lambda answer: expect(answer, 204))
    try:
        yield from call.ask()
    except NotFoundError as error:
        if not error.is_after_another:
            raise


def download(
    digest: Digest, start: int = 0, stop: int | None = None, *, verify_etag: bool = True
) -> Call[Portion]:
    """The bytes from `start` up to `stop`, streamed; the answer may be the whole file instead.

    Reading raises DigestMismatchError for another ETag than the file's, unless told not to.
    """
    headers: dict[str, str] = {}
    if start or stop is not None:
        headers["Range"] = f"bytes={start}-" + ("" if stop is None else str(stop - 1))
        headers["If-Range"] = digest.etag

    def read(answer: Answer) -> Portion:
        if verify_etag:
            check_etag(answer, digest)
        return read_portion(answer, start)

    return Call(Request("GET", _path(digest), headers=headers, is_streamed=True), read)
