"""A visit: a request to a page, who asks, and the ways to answer."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from data_bank_api.auth.session import Session
from data_bank_api.ui.headers import PAGE_HEADERS
from data_bank_api.ui.renderer import Renderer

# Who has not signed in: may nothing.
GUEST = Session(b"", frozenset(), "", 0.0)


def is_part(request: Request) -> bool:
    """Whether htmx asks, for a part of the page that it has."""
    fields = request.headers
    return fields.get("hx-request") == "true" and "hx-history-restore-request" not in fields


@dataclass(frozen=True, slots=True)
class Visit:
    """`fields` are those of the form that was sent."""

    request: Request
    renderer: Renderer
    session: Session
    fields: Mapping[str, str]

    def show(self, template: str, status: int = 200, /, **values: object) -> Response:
        """A page of this template; every template has `session` and `path`, too."""
        shown = {"session": self.session, "path": self.path, **values}
        return self.renderer.answer(template, shown, status, is_part=is_part(self.request))

    def lead(self, path: str) -> Response:
        """On to another page, which is asked for by GET."""
        if is_part(self.request):
            return Response(status_code=200, headers={**PAGE_HEADERS, "hx-redirect": path})
        return Response(status_code=303, headers={**PAGE_HEADERS, "location": path})

    @property
    def path(self) -> str:
        """As it was asked for, whatever the request says of its host."""
        return str(self.request.scope["path"])

    @property
    def query(self) -> QueryParams:
        """The parameters; those that a form left empty say nothing."""
        said = self.request.query_params.multi_items()
        return QueryParams([(name, text) for name, text in said if text])

    @property
    def id(self) -> str:
        """What the address names."""
        return str(self.request.path_params["id"])
