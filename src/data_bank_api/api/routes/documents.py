"""`/openapi.json`, `/docs`: what the service says of itself, made once of all its routes."""

from collections.abc import Awaitable, Callable
from importlib.metadata import version

import msgspec
from starlette.requests import Request
from starlette.types import ASGIApp

from data_bank_api.api.openapi.description import (
    JSON,
    SERVICE,
    Answer,
    Description,
    Header,
    Parameter,
)
from data_bank_api.api.openapi.document import build_document
from data_bank_api.api.openapi.html import render
from data_bank_api.api.page import Page
from data_bank_api.api.resource import PUBLIC, Operation, Resource

_TAG = Header("ETag", "A tag for `If-None-Match`.")
_HAVE = Parameter("If-None-Match", "header", "The tag of the copy you have.", {"type": "string"})
_SAME = Answer(304, "The copy that you have is the same.", {}, (_TAG,))

OPENAPI = Description(
    SERVICE,
    "describe_service",
    "Get this interface as OpenAPI 3.1",
    "",
    (Answer(200, "The document.", {JSON: {"type": "object"}}, (_TAG,)), _SAME),
    parameters=(_HAVE,),
    curl=("$DATA_BANK_URL/openapi.json",),
)
DOCS = Description(
    SERVICE,
    "read_docs",
    "Read this interface as a page",
    "It loads nothing from elsewhere and runs no script.",
    (Answer(200, "The page.", {"text/html": {"type": "string"}}, (_TAG,)), _SAME),
    parameters=(_HAVE,),
)


def with_documents(rooms: list[Resource]) -> list[Resource]:
    """These resources and the two that describe them all, themselves included."""
    pages: dict[str, Page] = {}

    def showing(name: str) -> Callable[[Request], Awaitable[ASGIApp]]:
        async def show(request: Request) -> ASGIApp:
            return pages[name].answer(request)

        return show

    every = [
        *rooms,
        Resource("/openapi.json", {"GET": Operation(PUBLIC, showing("openapi"), OPENAPI)}),
        Resource("/docs", {"GET": Operation(PUBLIC, showing("docs"), DOCS)}),
    ]
    document = build_document(every, version("data-bank"))
    pages["openapi"] = Page(msgspec.json.encode(document) + b"\n", JSON)
    pages["docs"] = render(document)
    return every
