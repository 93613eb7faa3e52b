"""`/files`: storing, fetching, listing and removing."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from data_bank_api.api.answers import json_answer
from data_bank_api.api.disposition import attachment
from data_bank_api.api.download import answer_with, plan
from data_bank_api.api.fields import combine
from data_bank_api.api.file_headers import file_headers, unchanged_headers
from data_bank_api.api.json_body import read_json
from data_bank_api.api.needs import is_forced, require_still_unneeded, require_unneeded
from data_bank_api.api.pool import DatabasePool, StoragePool
from data_bank_api.api.preconditions import (
    Outcome,
    Validators,
    may_send_range,
    require,
    validators,
)
from data_bank_api.api.resource import Operation, Resource
from data_bank_api.api.routes import file_descriptions as told
from data_bank_api.api.routes.file_question import FileQuestion
from data_bank_api.api.transfers import Transfers
from data_bank_api.api.upload import take_upload
from data_bank_api.auth.scope import Scope
from data_bank_api.blobs.reading import FetchedBlob, HeldBlob
from data_bank_api.blobs.store import BlobReader, Stored
from data_bank_api.wiring import Bank
from data_bank_client.errors import (
    FileQuarantinedError,
    InvalidInputError,
    NotFoundError,
)
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import (
    BATCH_LIMIT,
    BatchAnswer,
    BatchQuestion,
    answer,
)

READ, UPLOAD, DELETE = (frozenset({scope}) for scope in (Scope.READ, Scope.UPLOAD, Scope.DELETE))

_BATCH_BYTES = BATCH_LIMIT * 80
_NO_MORE: Mapping[str, str] = {}


def file_resources(files: "Files") -> list[Resource]:
    return [
        Resource(
            "/files",
            {
                "GET": Operation(READ, files.list, told.LIST),
                "POST": Operation(UPLOAD, files.post, told.POST),
            },
        ),
        Resource("/files/batch", {"POST": Operation(READ | UPLOAD, files.batch, told.BATCH)}),
        Resource(
            "/files/{id}",
            {
                "GET": Operation(READ, files.get, told.GET, files.admits),
                "PUT": Operation(UPLOAD, files.put, told.PUT),
                "DELETE": Operation(DELETE, files.delete, told.DELETE),
            },
        ),
        Resource("/files/{id}/info", {"GET": Operation(READ, files.info, told.INFO)}),
    ]


@dataclass(frozen=True, slots=True)
class Files:
    bank: Bank
    pool: StoragePool
    database_pool: DatabasePool
    transfers: Transfers

    async def post(self, request: Request) -> ASGIApp:
        return _stored_answer(await self.take(request, None), 201)

    async def put(self, request: Request) -> ASGIApp:
        digest = _digest(request)
        if not {"if-match", "if-none-match"}.isdisjoint(request.headers):
            found = await self.pool.run(_find, self.bank.store, digest)
            require(combine(request.headers), found)
        stored = await self.take(request, digest)
        return _stored_answer(stored, 201 if stored.is_new else 200)

    async def take(self, request: Request, digest: Digest | None) -> Stored:
        """Store the file that a request brings; with `digest`, only if that is what it has."""
        with self.transfers.place("upload", request):
            return await take_upload(request, self.bank.receiver, self.pool, digest)

    async def get(self, request: Request, more: Mapping[str, str] = _NO_MORE) -> ASGIApp:
        """With `more` headers, in place of those of their names."""
        digest, disposition = _digest(request), attachment(request.query_params.get("filename"))
        fields = combine(request.headers)
        if request.method == "HEAD":
            without_bytes = HeldBlob(await self.pool.run(self.bank.store.stat, digest), b"")
            return self._answer(without_bytes, fields, disposition, more, is_head=True)
        blob = await self.pool.run(self.bank.fetcher.fetch, digest)
        try:
            found = self._answer(blob, fields, disposition, more, is_head=False)
            return self.transfers.count(found, request)
        except BaseException:
            blob.close()
            raise

    def _answer(
        self,
        blob: FetchedBlob,
        fields: dict[str, str],
        disposition: str,
        more: Mapping[str, str],
        *,
        is_head: bool,
    ) -> ASGIApp:
        info = blob.info
        found = validators(info)
        if require(fields, found, is_read=True) is Outcome.NOT_MODIFIED:
            blob.close()
            return Response(status_code=304, headers={**unchanged_headers(info), **more})
        is_partial = not is_head and may_send_range(fields, found)
        planned = plan(info, fields.get("range") if is_partial else None)
        headers = {**file_headers(info, disposition), **more}
        return answer_with(blob, planned, headers, self.pool, self.bank.settings.stall_seconds)

    def admits(self, request: Request) -> bool:
        """Whether its address is signed."""
        return self.bank.signer.admits(str(request.path_params["id"]), request.query_params)

    async def info(self, request: Request) -> ASGIApp:
        return json_answer(answer(await self.pool.run(self.bank.store.stat, _digest(request))))

    async def delete(self, request: Request) -> ASGIApp:
        digest, is_asked_by_force = _digest(request), is_forced(request.query_params)
        was_there = await self.remove(digest, request.headers, by_force=is_asked_by_force)
        if not was_there and self.bank.settings.is_delete_strict:
            raise NotFoundError(f"there is no file {digest}")
        return Response(status_code=204)

    async def remove(self, digest: Digest, headers: Headers, *, by_force: bool) -> bool:
        """Whether there was one. Raises ConflictError where snapshots need it, unless by force;
        PreconditionFailedError where the `If-Match` among the headers does not hold."""
        desk = None if by_force else self.bank.desk
        if desk is not None:
            await self.database_pool.run(require_unneeded, desk.database, digest)
        if "if-match" in headers:
            found = await self.pool.run(_find, self.bank.store, digest)
            require(combine(headers), found)
        was_there = await self.pool.run(self.bank.store.remove, digest)
        if desk is not None:
            await self.database_pool.run(require_still_unneeded, desk.database, digest)
        return was_there

    async def list(self, request: Request) -> ASGIApp:
        question = FileQuestion.read(request.query_params)
        return json_answer(await self.pool.run(question.find, self.bank.store))

    async def batch(self, request: Request) -> ASGIApp:
        question = await read_json(request, BatchQuestion, _BATCH_BYTES)
        if len(question["file_ids"]) > BATCH_LIMIT:
            raise InvalidInputError(f"file_ids may hold {BATCH_LIMIT} ids at most")
        digests = list(dict.fromkeys(map(Digest.parse, question["file_ids"])))
        return json_answer(await self.pool.run(_look_up, self.bank.store, digests))


def _digest(request: Request) -> Digest:
    return Digest.parse(str(request.path_params["id"]))


def _find(store: BlobReader, digest: Digest) -> Validators | None:
    try:
        return validators(store.stat(digest))
    except (NotFoundError, FileQuarantinedError):  # what is damaged is there to be replaced
        return None


def _stored_answer(stored: Stored, status: int) -> Response:
    digest = stored.info.digest
    headers = {"location": f"/files/{digest}", "etag": digest.etag}
    return json_answer(answer(stored.info), status, headers)


def _look_up(store: BlobReader, digests: list[Digest]) -> BatchAnswer:
    """A copy that is damaged counts as missing: who asks then sends it, and so heals it."""
    found = BatchAnswer(items=[], missing=[])
    for digest in digests:
        try:
            found["items"].append(answer(store.stat(digest)))
        except (NotFoundError, FileQuarantinedError):
            found["missing"].append(digest.hex)
    return found
