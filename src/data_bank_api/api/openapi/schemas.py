"""The types of the wire as JSON Schema: what msgspec tells of them, and what a type cannot say.

DETAILS adds to the fields of a type: patterns, limits and words. A detail of a field that is
not there is an error at the start.
"""

from collections.abc import Iterable
from inspect import cleandoc
from typing import TypedDict

import msgspec

from data_bank_api.api.openapi.description import Schema
from data_bank_client.wire.files import (
    BATCH_LIMIT,
    BatchAnswer,
    BatchQuestion,
    FileAnswer,
    FilePage,
)
from data_bank_client.wire.problem import STATUSES, Problem

PLACE = "#/components/schemas/{name}"

# Of an answer, and of a question: an id is taken in upper case too.
FILE_ID: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
ANY_CASE_ID: Schema = {"type": "string", "pattern": "^[0-9A-Fa-f]{64}$"}

DETAILS: dict[type[object], dict[str, Schema]] = {
    FileAnswer: {
        "file_id": {**FILE_ID, "description": "The SHA-256 of the bytes."},
        "sha256": {**FILE_ID, "description": "The same."},
        "size": {"minimum": 0, "description": "In bytes."},
        "content_type": {"description": "As the first upload said."},
        "created_at": {"format": "date-time", "description": "When it was first stored, in UTC."},
    },
    FilePage: {
        "items": {"description": "In the order of their ids."},
        "next_cursor": {"description": "Asks for the page after this one; null on the last."},
        "has_more": {"description": "Whether there is one."},
    },
    BatchQuestion: {"file_ids": {"maxItems": BATCH_LIMIT, "items": ANY_CASE_ID}},
    BatchAnswer: {
        "items": {"description": "Those that are stored."},
        "missing": {"items": FILE_ID, "description": "Those that are not."},
    },
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
    _, told = msgspec.json.schema_components(kinds, ref_template=PLACE)
    found = msgspec.convert(told, dict[str, Component])
    details = {kind.__name__: fields for kind, fields in DETAILS.items()}
    return {name: _detailed(found[name], details.get(name, {})) for name in sorted(found)}


def _detailed(told: Component, details: dict[str, Schema]) -> Component:
    """The fields that have details come first, in the order of those."""
    fields = told["properties"]
    properties: dict[str, Schema] = {
        name: {**fields[name], **details.get(name, {})} for name in (*details, *fields)
    }
    return {**told, "description": cleandoc(told["description"]), "properties": properties}
