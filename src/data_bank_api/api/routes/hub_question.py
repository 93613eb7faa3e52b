"""What the routes of the Hub mirror are asked: read, and checked."""

from dataclasses import dataclass
from typing import Annotated, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType
from starlette.datastructures import QueryParams
from starlette.requests import Request

from data_bank_api.api.json_body import read_json
from data_bank_api.hub.artifacts import Wanted
from data_bank_api.hub.patterns import Patterns
from data_bank_api.hub.repository import Registration
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.jobs.kinds.hub_download import HubDownload
from data_bank_api.jobs.kinds.hub_sync import HubSync
from data_bank_client.errors import InvalidInputError
from data_bank_client.wire.hub import (
    ARTIFACT_IDS_LIMIT,
    ARTIFACT_STATUSES,
    ARTIFACT_TYPES,
    REPO_ID_LENGTH,
    REPO_TYPES,
    ArtifactStatus,
    ArtifactType,
    RepoType,
)

T = TypeVar("T")

BODY_BYTES = 512 * 1024

_ArtifactId = Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]


class AskedRegistration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A HubRegistration, its types checked."""

    repo_id: str
    repo_type: RepoType = "model"
    revision: str = "main"
    vendor: str | None = None
    name: str | None = None
    include: list[str] = []
    exclude: list[str] = []
    auto_sync: bool = False
    sync_hours: int | None = None
    download: bool = False


class AskedChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A HubChange, its types checked."""

    revision: str | UnsetType = UNSET
    vendor: str | UnsetType | None = UNSET
    name: str | UnsetType | None = UNSET
    include: list[str] | UnsetType = UNSET
    exclude: list[str] | UnsetType = UNSET
    auto_sync: bool | UnsetType = UNSET
    sync_hours: int | UnsetType | None = UNSET

    def revise(self, asked: Registration) -> Registration:
        """The registration as it is to be. Raises InvalidInputError."""
        patterns = asked.patterns
        include, exclude = _or(self.include, patterns.include), _or(self.exclude, patterns.exclude)
        return Registration.parse(
            asked.name,
            revision=_or(self.revision, asked.revision),
            vendor=_or(self.vendor, asked.vendor),
            label=_or(self.name, asked.label),
            patterns=Patterns.parse(include, exclude),
            sync_hours=_or(self.sync_hours, asked.sync_hours),
            auto_sync=_or(self.auto_sync, asked.auto_sync),
        )


class AskedDownload(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A HubDownloadQuestion, its types checked."""

    repo_id: str | None = None
    repo_type: RepoType = "model"
    artifact_ids: Annotated[list[_ArtifactId], Meta(max_length=ARTIFACT_IDS_LIMIT)] = []


@dataclass(frozen=True, slots=True)
class Wish:
    """A repository to mirror, and whether it is fetched whole at once."""

    registration: Registration
    download: bool


async def read_registration(request: Request) -> Wish:
    """Raises PayloadTooLargeError, InvalidJsonError; InvalidInputError, which names the field."""
    asked = await read_json(request, AskedRegistration, BODY_BYTES)
    registration = Registration.parse(
        RepoName.parse(asked.repo_type, asked.repo_id),
        revision=asked.revision,
        vendor=asked.vendor,
        label=asked.name,
        patterns=Patterns.parse(asked.include, asked.exclude),
        sync_hours=asked.sync_hours,
        auto_sync=asked.auto_sync,
    )
    return Wish(registration, asked.download)


async def read_change(request: Request) -> AskedChange:
    """Raises as `read_registration`; what is wrong with a value is told when it is applied."""
    return await read_json(request, AskedChange, BODY_BYTES)


async def read_sync(request: Request) -> HubSync:
    """Raises as `read_registration`."""
    return await read_json(request, HubSync, BODY_BYTES)


async def read_download(request: Request) -> HubDownload:
    """Raises as `read_registration`."""
    asked = await read_json(request, AskedDownload, BODY_BYTES)
    return HubDownload(asked.repo_id, asked.repo_type, list(dict.fromkeys(asked.artifact_ids)))


def read_repo_id(query: QueryParams) -> str | None:
    """Raises InvalidInputError."""
    text = query.get("repo_id")
    if text is not None and not (0 < len(text) <= REPO_ID_LENGTH and text.isprintable()):
        raise InvalidInputError(f"repo_id must have 1 to {REPO_ID_LENGTH} printable characters")
    return text


def read_repo_type(query: QueryParams) -> RepoType | None:
    """Raises InvalidInputError."""
    text = query.get("repo_type")
    for each in REPO_TYPES:
        if text == each:
            return each
    if text is not None:
        raise InvalidInputError(f"repo_type must be {' or '.join(REPO_TYPES)}")
    return None


def read_wanted(query: QueryParams) -> Wanted:
    """Raises InvalidInputError, which names the parameter."""
    return Wanted(_statuses(query.get("status")), _types(query.get("type")))


def _statuses(text: str | None) -> tuple[ArtifactStatus, ...] | None:
    if text is None:
        return None
    try:
        return msgspec.convert(text.split(","), tuple[ArtifactStatus, ...])
    except msgspec.ValidationError:
        raise _not_of("status", ARTIFACT_STATUSES) from None


def _types(text: str | None) -> tuple[ArtifactType, ...] | None:
    if text is None:
        return None
    try:
        return msgspec.convert(text.split(","), tuple[ArtifactType, ...])
    except msgspec.ValidationError:
        raise _not_of("type", ARTIFACT_TYPES) from None


def _or(value: T | UnsetType, otherwise: T) -> T:
    return otherwise if isinstance(value, UnsetType) else value


def _not_of(name: str, known: tuple[str, ...]) -> InvalidInputError:
    return InvalidInputError(f"{name} must be of {', '.join(known)}, several with commas")
