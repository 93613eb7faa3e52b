"""What the routes of the catalog are asked: read, and checked."""

from typing import TypeVar

import msgspec
from starlette.datastructures import QueryParams
from starlette.requests import Request

from data_bank_api.api.dataset_route import dataset_id
from data_bank_api.api.json_body import read_json_or
from data_bank_api.api.page_query import read_limit
from data_bank_api.catalog.impact import Level
from data_bank_api.catalog.index.question import Question
from data_bank_api.hub.hub_path import HubPath
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.hub.revision import check_revision
from data_bank_api.jobs.kinds.catalog_refresh import CatalogRefresh
from data_bank_client.errors import InvalidInputError, NotFoundError
from data_bank_client.wire.catalog import (
    DATASET_SORTS,
    DATASETS_DEFAULT,
    DATASETS_LIMIT,
    IMPACT_LEVELS,
    SEARCH_LENGTH,
    SORT_ORDERS,
    SortOrder,
)

BODY_BYTES = 4096
MOST_TAGS = 20
FURTHEST = 10**9

_SORT, _REVISION = DATASET_SORTS[0], "main"

T = TypeVar("T", bound=str)


def read_dataset_question(query: QueryParams) -> Question:
    """Raises InvalidInputError, which names the parameter."""
    order: SortOrder = _one_of(query, "sort_order", SORT_ORDERS) or "desc"
    return Question(
        text=_search(query.get("search", "")),
        impacts=_impacts(query.get("impact")),
        tags=_tags(query),
        sort=_one_of(query, "sort_by", DATASET_SORTS) or _SORT,
        is_descending=order == "desc",
        offset=_offset(query.get("offset", "0")),
        limit=read_limit(query, DATASETS_DEFAULT, DATASETS_LIMIT),
    )


async def read_refresh(request: Request) -> CatalogRefresh:
    """None at all is an empty one.

    Raises PayloadTooLargeError, InvalidJsonError; InvalidInputError, which names the field.
    """
    return await read_json_or(request, CatalogRefresh, BODY_BYTES, CatalogRefresh())


def read_dataset_name(request: Request) -> RepoName:
    """Raises NotFoundError for what can be no id."""
    try:
        return RepoName.parse("dataset", dataset_id(request))
    except InvalidInputError:
        raise NotFoundError("there is no such dataset") from None


def read_revision(query: QueryParams) -> str:
    """Raises InvalidInputError."""
    return check_revision(query.get("revision", _REVISION))


def read_filename(query: QueryParams) -> HubPath:
    """Raises InvalidInputError."""
    filename = query.get("filename")
    if not filename:
        raise InvalidInputError("filename: say which file")
    return HubPath.parse(filename)


def _search(text: str) -> str | None:
    if len(text) > SEARCH_LENGTH:
        raise InvalidInputError(f"search may have {SEARCH_LENGTH} characters at most")
    return text if text.strip() else None


def _impacts(text: str | None) -> tuple[Level, ...]:
    """Each once: a thousand times the same would be looked up a thousand times."""
    told = [] if text is None else list(dict.fromkeys(text.split(",")))
    try:
        return msgspec.convert(told, tuple[Level, ...])
    except msgspec.ValidationError:
        known = ", ".join(IMPACT_LEVELS)
        raise InvalidInputError(f"impact must be of {known}, several with commas") from None


def _tags(query: QueryParams) -> tuple[str, ...]:
    tags = tuple(dict.fromkeys(each for each in query.getlist("tag") if each))
    if len(tags) > MOST_TAGS:
        raise InvalidInputError(f"tag may be given {MOST_TAGS} times at most")
    return tags


def _one_of(query: QueryParams, name: str, known: tuple[T, ...]) -> T | None:
    text = query.get(name)
    if text is None:
        return None
    for each in known:
        if each == text:
            return each
    raise InvalidInputError(f"{name} must be {' or '.join(known)}")


def _offset(text: str) -> int:
    is_number = text.isascii() and text.isdecimal() and len(text) < 11
    if not is_number or int(text) > FURTHEST:
        raise InvalidInputError(f"offset must be from 0 to {FURTHEST}")
    return int(text)
