"""The document of OpenAPI as a page that loads nothing and runs no script."""

import base64
import hashlib
from collections.abc import Mapping

from jinja2 import Environment, PackageLoader, StrictUndefined

from data_bank_api.api.openapi.words import kind, prose
from data_bank_api.api.page import Page


def render(document: Mapping[str, object]) -> Page:
    templates = Environment(
        loader=PackageLoader("data_bank_api.api.openapi"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters.update(prose=prose, kind=kind)
    style = templates.get_template("docs.css").render()
    text = templates.get_template("docs.html").render(document=document)
    return Page(text.encode(), "text/html", {"content-security-policy": _policy(style)})


def _policy(style: str) -> str:
    """Nothing but this style, and the empty icon that keeps browsers from asking for one."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
