"""The types of the wire as JSON Schema: what msgspec tells of them, and what a type cannot say.

DETAILS adds to the fields of a type: patterns, limits and words. A detail of a field that is
not there is an error at the start.
"""

from collections.abc import Iterable
from inspect import cleandoc
from typing import TypedDict

import msgspec

from data_bank_api.api.openapi.catalog_details import CATALOG_DETAILS
from data_bank_api.api.openapi.dataset_details import DATASET_DETAILS
from data_bank_api.api.openapi.description import Schema
from data_bank_client.wire.events import EVENT_TYPES
from data_bank_client.wire.files import (
    BATCH_LIMIT,
    BatchAnswer,
    BatchQuestion,
    FileAnswer,
    FilePage,
)
from data_bank_client.wire.hub import (
    ARTIFACT_IDS_LIMIT,
    SYNC_HOURS_LIMIT,
    ArtifactAnswer,
    ArtifactPage,
    HubChange,
    HubDownloadQuestion,
    HubJobAnswer,
    HubRegistration,
    HubScanQuestion,
    HubSum,
    HubSyncQuestion,
    HubTrouble,
    RepositoryAnswer,
    RepositoryDetail,
    RepositoryPage,
    SnapshotAnswer,
    SnapshotPage,
)
from data_bank_client.wire.jobs import (
    KEY_LENGTH,
    USER_ID_LIMIT,
    JobAnswer,
    JobDetail,
    JobError,
    JobLine,
    JobPage,
    JobQuestion,
    JobResult,
)
from data_bank_client.wire.problem import STATUSES, Problem
from data_bank_client.wire.webhooks import (
    SECRET_LONGEST,
    SECRET_SHORTEST,
    WEBHOOK_URL_LENGTH,
    DeliveryAnswer,
    DeliveryPage,
    NewWebhook,
    WebhookAnswer,
    WebhookPage,
    WebhookQuestion,
)

PLACE = "#/components/schemas/{name}"

# Of an answer, and of a question: an id is taken in upper case too.
FILE_ID: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
ANY_CASE_ID: Schema = {"type": "string", "pattern": "^[0-9A-Fa-f]{64}$"}
ANYTHING: Schema = {"description": "Any JSON."}
JOB_ID: Schema = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
ANY_CASE_UUID: Schema = {
    "type": "string",
    "pattern": "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$",
}
COMMIT: Schema = {"type": "string", "pattern": "^[0-9a-f]{40}$"}

_MOMENT: Schema = {"format": "date-time"}
_PAGE: dict[str, Schema] = {
    "next_cursor": {"description": "Asks for the page after this one; null on the last."},
    "has_more": {"description": "Whether there is one."},
}
_JOB: dict[str, Schema] = {
    "job_id": JOB_ID,
    "kind": {"description": "What is done."},
    "arguments": {"description": "All of them, those that were left out too."},
    "key": {"description": "Of the jobs under way one at most has it."},
    "state": {"description": "The last three are its end."},
    "progress": {"minimum": 0, "maximum": 100, "description": "Of a hundred; it never falls."},
    "message": {"description": "How far it is, in words."},
    "attempts": {"minimum": 0, "description": "How often it was started."},
    "queued_at": {**_MOMENT, "description": "When it was asked for, in UTC."},
    "started_at": {**_MOMENT, "description": "When its latest attempt began."},
    "finished_at": {**_MOMENT, "description": "When it ended."},
    "result": {"description": "What it made; null unless it succeeded."},
    "error": {"description": "Why it failed, or why its last attempt did."},
    "user_id": {"minimum": 0, "description": "For whom, as was asked."},
    "dataset_id": {"description": "The dataset that it is about, if it is about one."},
}

_EVENT_TYPE: Schema = {"type": "string", "enum": EVENT_TYPES}
_WEBHOOK: dict[str, Schema] = {
    "webhook_id": JOB_ID,
    "url": {"description": "Where it is called."},
    "types": {"items": _EVENT_TYPE, "description": "The event types that it is called for."},
    "user_id": {"minimum": 0, "description": "Whose jobs; 0 is all."},
    "created_at": {**_MOMENT, "description": "When it was made, in UTC."},
}

_REPO_ID: Schema = {"description": "owner/name, as the Hub has it."}
_REPO_TYPE: Schema = {"description": "What it holds; else model."}
_FILES: Schema = {"minimum": 0, "description": "How many."}
_BYTES: Schema = {"minimum": 0, "description": "Of all of them together."}
_SYNC_HOURS: Schema = {"minimum": 1, "maximum": SYNC_HOURS_LIMIT}
_AUTO_SYNC: Schema = {"description": "Whether it keeps itself whole: each sync downloads all."}
_REVISION: Schema = {"description": "A branch, a tag or a commit; else main."}
_LABELS: dict[str, Schema] = {
    "vendor": {"description": "Up to 200 characters for people."},
    "name": {"description": "The same."},
}
_PATTERNS: dict[str, Schema] = {
    "include": {"description": "Patterns of paths, up to 100: `*.json`, `weights/`."},
    "exclude": {"description": "The same, of what is left out."},
}
_REPOSITORY: dict[str, Schema] = {
    "repository_id": JOB_ID,
    "repo_type": {"description": "What it holds."},
    "repo_id": _REPO_ID,
    "revision": {"description": "The branch, tag or commit that is mirrored."},
    "vendor": {"description": "As was asked, for people."},
    "name": {"description": "As was asked, for people."},
    "include": {"description": "Patterns of what is taken; none: everything."},
    "exclude": {"description": "Patterns of what is left out."},
    "auto_sync": _AUTO_SYNC,
    "sync_hours": {"description": "Between two syncs; null: by hand alone."},
    "status": {"description": "How its last sync or download went."},
    "error": {"description": "What went wrong with that."},
    "commit": {"description": "That was listed last."},
    "head": {"description": "Of the newest snapshot."},
    "registered_at": {**_MOMENT, "description": "In UTC."},
    "synced_at": {**_MOMENT, "description": "When it was listed last."},
    "next_sync_at": {**_MOMENT, "description": "When it is synced by itself."},
}

DETAILS: dict[type[object], dict[str, Schema]] = {
    **CATALOG_DETAILS,
    **DATASET_DETAILS,
    FileAnswer: {
        "file_id": {**FILE_ID, "description": "The SHA-256 of the bytes."},
        "sha256": {**FILE_ID, "description": "The same."},
        "size": {"minimum": 0, "description": "In bytes."},
        "content_type": {"description": "As the first upload said."},
        "created_at": {"format": "date-time", "description": "When it was first stored, in UTC."},
    },
    FilePage: {
        "items": {"description": "In the order of their ids."},
        **_PAGE,
    },
    BatchQuestion: {"file_ids": {"maxItems": BATCH_LIMIT, "items": ANY_CASE_ID}},
    BatchAnswer: {
        "items": {"description": "Those that are stored."},
        "missing": {"items": FILE_ID, "description": "Those that are not."},
    },
    JobQuestion: {
        "kind": {"description": "What is to be done: `ping`, say."},
        "arguments": {"description": "As the kind takes them, up to 64 KiB."},
        "key": {
            "minLength": 1,
            "maxLength": KEY_LENGTH,
            "description": "A name of printable characters: of the jobs under way one has it.",
        },
        "user_id": {"minimum": 0, "maximum": USER_ID_LIMIT, "description": "For whom; else 0."},
    },
    JobAnswer: _JOB,
    JobDetail: _JOB,
    JobPage: {"items": {"description": "Newest first."}, **_PAGE},
    JobResult: {
        "result_id": {"description": "The file that it stored, if it stored one."},
        "result_bytes": {"minimum": 0, "description": "The size of that."},
        "details": {"description": "What else the kind tells."},
    },
    JobError: {
        "kind": {"description": "Whose fault it is: the input's, or the service's."},
        "code": {"description": "One of the codes of errors."},
        "message": {"description": "What went wrong, in a sentence for a person."},
    },
    JobLine: {
        "at": {**_MOMENT, "description": "In UTC."},
        "level": {"description": "How bad it is."},
        "text": {"description": "What happened."},
    },
    WebhookQuestion: {
        "url": {
            "pattern": "^https://",
            "maxLength": WEBHOOK_URL_LENGTH,
            "description": "https, without a user and without a fragment.",
        },
        "types": {
            "anyOf": [{"type": "array", "items": _EVENT_TYPE}, {"type": "null"}],
            "description": "The event types to call it for, one at least; else all.",
        },
        "secret": {
            "minLength": SECRET_SHORTEST,
            "maxLength": SECRET_LONGEST,
            "description": "Of printable ASCII, or `whsec_` and Base64; else one is made.",
        },
        "user_id": {"minimum": 0, "maximum": USER_ID_LIMIT, "description": "Whose jobs; 0 is all."},
    },
    WebhookAnswer: _WEBHOOK,
    NewWebhook: {
        **_WEBHOOK,
        "secret": {"description": "What its calls are signed with: told here and never again."},
    },
    WebhookPage: {"items": {"description": "Newest first."}, **_PAGE},
    DeliveryAnswer: {
        "event_id": {"description": "The `webhook-id` of its calls."},
        "event_type": {**_EVENT_TYPE, "description": "What happened."},
        "state": {"description": "Whether it is under way, or how it ended."},
        "tries": {"minimum": 0, "description": "How many came to an end."},
        "status": {"description": "What the last was answered; null where it was not."},
        "error": {"description": "What was wrong with the last; null where nothing was."},
        "created_at": {**_MOMENT, "description": "When it was to be delivered first, in UTC."},
        "finished_at": {**_MOMENT, "description": "When it was delivered, or given up."},
    },
    DeliveryPage: {"items": {"description": "Newest first."}, **_PAGE},
    HubRegistration: {
        "repo_id": _REPO_ID,
        "repo_type": _REPO_TYPE,
        "revision": _REVISION,
        **_LABELS,
        **_PATTERNS,
        "auto_sync": _AUTO_SYNC,
        "sync_hours": {**_SYNC_HOURS, "description": "Between two syncs; with auto_sync else 24."},
        "download": {"description": "Whether the first sync fetches all of it."},
    },
    HubChange: {
        "revision": {"description": "A branch, a tag or a commit."},
        **_LABELS,
        **_PATTERNS,
        "auto_sync": _AUTO_SYNC,
        "sync_hours": {**_SYNC_HOURS, "description": "Between two syncs; null: as not said."},
    },
    HubSyncQuestion: {
        "repo_id": _REPO_ID,
        "repo_type": _REPO_TYPE,
        "download": {"description": "Whether all of it is fetched then."},
    },
    HubDownloadQuestion: {
        "repo_id": _REPO_ID,
        "repo_type": _REPO_TYPE,
        "artifact_ids": {"maxItems": ARTIFACT_IDS_LIMIT, "items": JOB_ID},
    },
    HubScanQuestion: {"path": {"description": "A folder's name, without `..`.", "minLength": 1}},
    HubJobAnswer: {
        "job_id": JOB_ID,
        "status": {"description": "The job's state."},
        "message": {"description": "What it does, in words."},
    },
    HubTrouble: {
        "code": {"description": "One of the codes of errors."},
        "message": {"description": "What went wrong, in a sentence for a person."},
    },
    HubSum: {"files": _FILES, "bytes": _BYTES},
    RepositoryAnswer: _REPOSITORY,
    RepositoryDetail: {**_REPOSITORY, "artifacts": {"description": "By their statuses."}},
    RepositoryPage: {"items": {"description": "Newest first."}, **_PAGE},
    ArtifactAnswer: {
        "artifact_id": JOB_ID,
        "repository_id": JOB_ID,
        "path": {"description": "In its repository."},
        "size": {"minimum": 0, "description": "In bytes."},
        "type": {"description": "What it is for."},
        "format": {"description": "Of a model: safetensors, gguf and so on."},
        "precision": {"description": "Of a model: bf16, q4_k_m and so on."},
        "commit": {"description": "At which it was listed."},
        "oid": {"description": "Git's SHA-1 of it, of a file in LFS that of its pointer."},
        "sha256": {"description": "Of a file in LFS, as the Hub tells it."},
        "status": {"description": "What became of it here."},
        "file_id": {"description": "In the bank, once it is completed."},
        "error": {"description": "Why it failed, or was put back."},
    },
    ArtifactPage: {"items": {"description": "In the order of their paths."}, **_PAGE},
    SnapshotAnswer: {
        "repository_id": JOB_ID,
        "commit": COMMIT,
        "manifest_id": {**FILE_ID, "description": "The file that tells all of its files."},
        "files": _FILES,
        "bytes": _BYTES,
        "created_at": {**_MOMENT, "description": "In UTC."},
    },
    SnapshotPage: {"items": {"description": "Newest first."}, **_PAGE},
    Problem: {
        "code": {
            "enum": [kind.code for kind in STATUSES],
            "description": "What kind of error it is.",
        },
        "message": {"description": "What went wrong, in a sentence for a person."},
        "request_id": {"description": "As in `X-Request-ID`; finds it in the service's log."},
    },
}


def reference(kind: type[object]) -> Schema:
    return {"$ref": PLACE.format(name=kind.__name__)}


class Component(TypedDict):
    """What msgspec tells of a TypedDict. One without words of its own is an error at the start."""

    title: str
    description: str
    type: str
    properties: dict[str, Schema]
    required: list[str]


def components(kinds: Iterable[type[object]]) -> dict[str, Component]:
    """The schemas of these types and of all that they are made of, by name."""
    _, told = msgspec.json.schema_components(kinds, ref_template=PLACE, schema_hook=_of_any_shape)
    found = msgspec.convert(told, dict[str, Component])
    details = {kind.__name__: fields for kind, fields in DETAILS.items()}
    return {name: _detailed(found[name], details.get(name, {})) for name in sorted(found)}


def _of_any_shape(_: type) -> dict[str, object]:
    """For `object`, the one type that is not JSON's: any JSON there is."""
    return dict(ANYTHING)


def _detailed(told: Component, details: dict[str, Schema]) -> Component:
    """The fields that have details come first, in the order of those."""
    fields = told["properties"]
    properties: dict[str, Schema] = {
        name: {**fields[name], **details.get(name, {})} for name in (*details, *fields)
    }
    return {**told, "description": cleandoc(told["description"]), "properties": properties}
