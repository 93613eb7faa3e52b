"""What the routes of the datasets are asked: read, and checked."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta
from starlette.datastructures import QueryParams
from starlette.requests import Request

from data_bank_api.api.json_body import read_json
from data_bank_api.api.moment_cursor import read_moment_place
from data_bank_api.api.moment_query import read_moment
from data_bank_api.datasets.dataset import is_dataset_id
from data_bank_api.datasets.registry import Wanted
from data_bank_api.queue.place import Place
from data_bank_client.errors import (
    InvalidInputError,
    NotFoundError,
    UnsupportedMediaTypeError,
)
from data_bank_client.wire.datasets import DATASET_NAME_LENGTH, DATASET_STATUSES, DatasetStatus

BODY_BYTES = 64 * 1024
LIST = "datasets"

# What curl says of any -d: JSON may be meant by it.
_JSON = ("", "application/json", "application/x-www-form-urlencoded")


class AskedDataset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A DatasetFromFile, its types checked."""

    file_id: str | None = None
    artifact_id: Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")] | None = None
    name: str | None = None
    filename: str | None = None
    content_type: str | None = None


async def read_stored(request: Request) -> AskedDataset:
    """Raises UnsupportedMediaTypeError, PayloadTooLargeError, InvalidJsonError, InvalidInputError.

    It names a file or an artifact, one of them.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _JSON:
        raise UnsupportedMediaTypeError(
            "send a form (multipart/form-data) with the part file, or JSON with a file_id"
        )
    asked = await read_json(request, AskedDataset, BODY_BYTES)
    if (asked.file_id is None) == (asked.artifact_id is None):
        raise InvalidInputError("say file_id or artifact_id, one of them")
    return asked


def read_dataset_id(request: Request) -> str:
    """Of a path, in lower case. Raises NotFoundError for what cannot be one."""
    dataset_id = str(request.path_params["id"]).lower()
    if not is_dataset_id(dataset_id):
        raise NotFoundError("there is no such dataset")
    return dataset_id


def read_wanted(query: QueryParams) -> Wanted:
    """Raises InvalidInputError, which names the parameter."""
    return Wanted(
        statuses=_statuses(query.get("status")),
        uploaded_before=read_moment(query, "uploaded_before"),
        uploaded_after=read_moment(query, "uploaded_after"),
        name_contains=_name_part(query.get("name_contains")),
    )


def read_dataset_place(query: QueryParams) -> Place | None:
    """Raises BadCursorError."""
    place = read_moment_place(query, LIST)
    return None if place is None else Place(place.at, str(UUID(place.id)))


def _statuses(text: str | None) -> tuple[DatasetStatus, ...] | None:
    if text is None:
        return None
    try:
        return tuple(
            msgspec.convert(each, DatasetStatus) for each in dict.fromkeys(text.split(","))
        )
    except msgspec.ValidationError:
        known = ", ".join(DATASET_STATUSES)
        raise InvalidInputError(f"status must be of {known}, several with commas") from None


def _name_part(text: str | None) -> str | None:
    if text is not None and not (0 < len(text) <= DATASET_NAME_LENGTH and text.isprintable()):
        raise InvalidInputError(
            f"name_contains must have 1 to {DATASET_NAME_LENGTH} printable characters"
        )
    return text
