"""`/ui/files`: the list, uploads, one file, its download and its removal."""

import mimetypes
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from data_bank_api.api.answers import json_answer
from data_bank_api.api.routes.file_question import FileQuestion
from data_bank_api.api.routes.files import Files
from data_bank_api.blobs.store import Stored
from data_bank_api.ui.form import read_nothing
from data_bank_api.ui.places import DELETE, READ, UPLOAD
from data_bank_api.ui.visit import Visit
from data_bank_api.ui.window import View, Window
from data_bank_client.errors import NotFoundError
from data_bank_client.wire.content_type import guess_content_type
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import FileInfo, FilePage, answer

_ROWS = 50
_NONE = FilePage(items=[], next_cursor=None, has_more=False)
# Who has signed out since, or sits there next, has the browser ask again, and be refused.
_ASKED_EACH_TIME = {"cache-control": "private, no-cache", "vary": "Cookie"}


def file_windows(files: Files) -> list[Window]:
    room = FilePages(files)
    return [
        Window(
            "/ui/files",
            {
                "GET": View(READ | UPLOAD, room.list),
                "POST": View(UPLOAD, room.store, read_nothing),
            },
        ),
        Window("/ui/files/{id}", {"GET": View(READ, room.show)}),
        Window("/ui/files/{id}/download", {"GET": View(READ, room.download)}),
        Window(
            "/ui/files/{id}/removal",
            {"GET": View(DELETE, room.ask_to_remove), "POST": View(DELETE, room.remove)},
        ),
    ]


@dataclass(frozen=True, slots=True)
class FilePages:
    files: Files

    async def list(self, visit: Visit) -> Response:
        query = visit.request.query_params
        question, page = FileQuestion.read(query, _ROWS), _NONE
        stored = Digest.parse(query["stored"]).hex if "stored" in query else ""
        if visit.session.may(READ):
            page = await self.files.pool.run(question.find, self.files.bank.store)
        return visit.show(
            "files.html",
            page=page,
            prefix=question.prefix,
            is_first=question.after is None,
            stored=stored,
            most=self.files.bank.settings.max_file_bytes,
        )

    async def store(self, visit: Visit) -> Response:
        """What a form sends, or a script; that one names the file by the parameter `name`."""
        name = visit.request.query_params.get("name", "")
        stored = await self.files.take(_typed_by_name(visit.request, name), None)
        path = f"/ui/files/{stored.info.digest}" if visit.session.may(READ) else None
        if visit.request.headers.get("accept") == "application/json":
            return _told(stored, path)
        return visit.lead(path or f"/ui/files?stored={stored.info.digest}")

    async def show(self, visit: Visit) -> Response:
        found = await self._find(visit)
        return visit.show("file.html", file=answer(found), filename=_filename(found))

    async def download(self, visit: Visit) -> ASGIApp:
        return await self.files.get(visit.request, _ASKED_EACH_TIME)

    async def ask_to_remove(self, visit: Visit) -> Response:
        return visit.show("file_removal.html", file=answer(await self._find(visit)))

    async def remove(self, visit: Visit) -> Response:
        digest, by_force = Digest.parse(visit.id), "force" in visit.fields
        if not await self.files.remove(digest, visit.request.headers, by_force=by_force):
            raise NotFoundError(f"there is no file {digest}")
        return visit.lead("/ui/files" if visit.session.may(READ) else "/ui")

    async def _find(self, visit: Visit) -> FileInfo:
        return await self.files.pool.run(self.files.bank.store.stat, Digest.parse(visit.id))


def _typed_by_name(request: Request, name: str) -> Request:
    """The request; where the browser knows no type for the file, with the one of its name."""
    if not name or request.headers.get("content-type"):
        return request
    kind = (b"content-type", guess_content_type(name).encode())
    scope = {**request.scope, "headers": [*request.scope["headers"], kind]}
    return Request(scope, request.receive)


def _told(stored: Stored, path: str | None) -> Response:
    told = {"path": path, "file": answer(stored.info), "is_new": stored.is_new}
    return json_answer(told, 201 if stored.is_new else 200)


def _filename(info: FileInfo) -> str:
    """The bank knows no names: the beginning of the digest, and what files of its type end by."""
    kind = info.content_type.partition(";")[0].strip().lower()
    return info.digest.hex[:12] + (mimetypes.guess_extension(kind) or "")
