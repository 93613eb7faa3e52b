"""Templates become answers: a whole page, or for htmx only what changes of one.

A template extends `layout`, which is one of two: `whole.html`, `part.html`. What is shown is
escaped, and a name that a template misses is an error.
"""

from collections.abc import Mapping

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import Response

from data_bank_api.ui.assets import Assets
from data_bank_api.ui.figure_words import FIGURE_FILTERS
from data_bank_api.ui.headers import PAGE_HEADERS
from data_bank_api.ui.places import DELETE, PLACES, READ, UPLOAD
from data_bank_api.ui.words import FILTERS

_LAYOUTS = {False: "whole.html", True: "part.html"}


class Renderer:
    def __init__(self, assets: Assets) -> None:
        self._templates = Environment(
            loader=PackageLoader("data_bank_api.ui"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update({**FILTERS, **FIGURE_FILTERS})
        self._templates.globals.update(
            asset=assets.address, places=PLACES, read=READ, upload=UPLOAD, delete=DELETE
        )

    def answer(
        self, template: str, values: Mapping[str, object], status: int, *, is_part: bool
    ) -> Response:
        found = self._templates.get_template(template)
        text = found.render(layout=_LAYOUTS[is_part], **values)
        return Response(text, status, dict(PAGE_HEADERS), "text/html")
