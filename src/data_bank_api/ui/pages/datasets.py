"""`/ui/datasets`: the list, uploads, and datasets made of files that the bank has."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from data_bank_api.api.answers import json_answer
from data_bank_api.api.routes.dataset_desk import DatasetDesk
from data_bank_api.api.routes.dataset_question import (
    AskedDataset,
    read_dataset_place,
    read_wanted,
)
from data_bank_api.api.routes.datasets import DatasetRoom
from data_bank_api.ui.form import read_nothing
from data_bank_api.ui.places import READ, UPLOAD
from data_bank_api.ui.visit import Visit
from data_bank_api.ui.window import View, Window
from data_bank_client.errors import InvalidInputError, NotFoundError, UnsupportedMediaTypeError
from data_bank_client.wire.datasets import (
    DATASET_NAME_LENGTH,
    DATASET_STATUSES,
    StoredDatasetPage,
)
from data_bank_client.wire.problem import status_of

PATH = "/ui/datasets"

_ROWS = 50
_NONE = StoredDatasetPage(items=[], next_cursor=None, has_more=False)
# What a form offers: the type, and what people call it.
_TYPES = (
    ("text/csv", "CSV"),
    ("application/json", "JSON"),
    ("application/x-ndjson", "NDJSON"),
    ("application/vnd.apache.parquet", "Parquet"),
)


def datasets_windows(room: DatasetRoom) -> list[Window]:
    pages = DatasetsPages(room)
    return [
        Window(
            PATH,
            {
                "GET": View(READ | UPLOAD, pages.list),
                "POST": View(UPLOAD, pages.upload, read_nothing),
            },
        ),
        Window(
            f"{PATH}/from-file",
            {"GET": View(UPLOAD, pages.ask), "POST": View(UPLOAD, pages.take)},
        ),
    ]


@dataclass(frozen=True, slots=True)
class DatasetsPages:
    room: DatasetRoom

    async def list(self, visit: Visit) -> Response:
        desk, query, page = self._desk(), visit.query, _NONE
        wanted, after = read_wanted(query), read_dataset_place(query)
        if visit.session.may(READ):
            page = await self.room.pools.database.run(desk.list, wanted, after, _ROWS)
        return visit.show(
            "datasets.html",
            page=page,
            statuses=DATASET_STATUSES,
            status=query.get("status", ""),
            name_contains=query.get("name_contains", ""),
            longest=DATASET_NAME_LENGTH,
            most=self.room.bank.settings.max_file_bytes,
            is_first=after is None,
            is_taken="taken" in query,
        )

    async def upload(self, visit: Visit) -> Response:
        """What a form sends, or a script."""
        dataset, is_new = await self.room.take(visit.request)
        if visit.request.headers.get("accept") == "application/json":
            path = f"{PATH}/{dataset.dataset_id}" if visit.session.may(READ) else None
            return json_answer({"path": path, "is_new": is_new}, 201 if is_new else 200)
        return _lead(visit, dataset.dataset_id)

    async def ask(self, visit: Visit) -> Response:
        self._desk()
        return _form(visit, visit.request.query_params)

    async def take(self, visit: Visit) -> Response:
        desk = self._desk()
        try:
            asked = _asked(visit.fields)
            dataset, _ = await self.room.pools.database.run(desk.submit_stored, asked)
        except (InvalidInputError, NotFoundError, UnsupportedMediaTypeError) as error:
            return _form(visit, visit.fields, error.message, status_of(error))
        return _lead(visit, dataset.dataset_id)

    def _desk(self) -> DatasetDesk:
        return self.room.desk()


def _asked(fields: Mapping[str, str]) -> AskedDataset:
    said = {name: fields.get(name, "").strip() or None for name in ("name", "content_type")}
    return AskedDataset(file_id=fields.get("file_id", "").strip(), **said)


def _form(
    visit: Visit, fields: Mapping[str, str], refusal: str = "", status: int = 200
) -> Response:
    return visit.show(
        "dataset_from_file.html",
        status,
        fields=fields,
        types=_TYPES,
        longest=DATASET_NAME_LENGTH,
        refusal=refusal,
    )


def _lead(visit: Visit, dataset_id: str) -> Response:
    return visit.lead(f"{PATH}/{dataset_id}" if visit.session.may(READ) else f"{PATH}?taken=1")
