"""The document of OpenAPI 3.1, made of the routes that serve and the types that travel.

tags         the groups
paths        the resources; HEAD beside every GET
components   the types, the ways to send a key
"""

from collections.abc import Iterable

from data_bank_api.api.openapi.description import (
    SERVICE,
    Body,
    Description,
    Parameter,
    Schema,
)
from data_bank_api.api.openapi.responses import content_of, responses
from data_bank_api.api.openapi.schemas import components
from data_bank_api.api.resource import Operation, Resource
from data_bank_client.wire.problem import Problem

SAYS = """\
A team's files by their SHA-256: you store a file and get its digest; whoever holds the digest \
gets exactly those bytes back.

A key goes into `X-API-Key: KEY` or `Authorization: Bearer KEY`. Each is for one thing or \
several: `read`, `upload`, `delete`.

Every error is `{"code", "message", "request_id"}`. Every answer has `X-Request-ID`, which finds \
the request in the service's log: the id that was sent in that header, or one that was made."""

SECURITY: dict[str, Schema] = {
    "key": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The key."},
    "bearer": {"type": "http", "scheme": "bearer", "description": "The key, as a bearer token."},
}

REQUEST_ID = Parameter(
    "X-Request-ID",
    "header",
    "An id to find this request by, of up to 128 letters, digits, `.`, `_`, `-`; others are "
    "replaced.",
    {"type": "string"},
)
NOT_OF_HEAD = {"Range", "If-Range"}


def build_document(resources: Iterable[Resource], version: str) -> dict[str, object]:
    """What `/openapi.json` says, as JSON is told in Python."""
    there = list(resources)
    described = [each.description for one in there for each in one.operations.values()]
    groups = sorted({each.group: None for each in described}, key=lambda each: each is SERVICE)
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "Data Bank",
            "version": version,
            "description": SAYS,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": group.name, "description": group.says} for group in groups],
        "paths": {resource.path: _path_item(resource) for resource in there},
        "components": {
            "schemas": components([*_kinds(described), Problem]),
            "securitySchemes": SECURITY,
        },
    }


def _kinds(described: list[Description]) -> list[type[object]]:
    """The types that travel, each once."""
    contents = [answer.content for each in described for answer in each.answers]
    contents += [each.body.content for each in described if each.body is not None]
    found = [kind for content in contents for kind in content.values() if isinstance(kind, type)]
    return list(dict.fromkeys(found))


def _path_item(resource: Resource) -> dict[str, object]:
    item: dict[str, object] = {
        method.lower(): _operation(operation, is_head=False)
        for method, operation in resource.operations.items()
    }
    if "GET" in resource.operations:
        item["head"] = _operation(resource.operations["GET"], is_head=True)
    return item


def _operation(operation: Operation, *, is_head: bool) -> dict[str, object]:
    told = operation.description
    item: dict[str, object] = {
        "operationId": f"{told.name}_head" if is_head else told.name,
        "tags": [told.group.name],
        "summary": f"{told.summary}, without the body" if is_head else told.summary,
        "description": _says(operation),
        "parameters": [
            _parameter(each)
            for each in (*told.parameters, REQUEST_ID)
            if not (is_head and each.name in NOT_OF_HEAD)
        ],
        "responses": responses(operation, is_head=is_head),
        "security": _security(operation),
    }
    if told.body is not None:
        item["requestBody"] = _body(told.body)
    if told.curl and not is_head:
        item["x-codeSamples"] = [
            {"lang": "Shell", "source": _command(each, operation)} for each in told.curl
        ]
    return item


def _says(operation: Operation) -> str:
    scopes = " or ".join(f"`{name}`" for name in _names(operation))
    key = f"Needs a key for {scopes}." if scopes else "Needs no key."
    return f"{operation.description.says}\n\n{key}".strip()


def _names(operation: Operation) -> list[str]:
    return sorted(scope.value for scope in operation.scopes)


def _security(operation: Operation) -> list[dict[str, list[str]]]:
    """One of these must hold; the scope is the role that OpenAPI lets a requirement name."""
    return [{scheme: [scope]} for scope in _names(operation) for scheme in SECURITY]


def _command(arguments: str, operation: Operation) -> str:
    key = '-H "X-API-Key: $DATA_BANK_KEY" ' if operation.scopes else ""
    return f"curl {key}{arguments}"


def _parameter(told: Parameter) -> dict[str, object]:
    return {
        "name": told.name,
        "in": told.place,
        "required": told.place == "path",
        "description": told.says,
        "schema": told.schema,
    }


def _body(told: Body) -> dict[str, object]:
    return {
        "description": told.says,
        "required": told.is_needed,
        "content": content_of(told.content),
    }
