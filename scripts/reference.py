"""Writes docs/reference.md: all that there is, in tables made from the code.

    python -m scripts.reference

`make docs` does it; tests/test_reference.py says whether it was done.
"""

import inspect
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from cyclopts import App
from msgspec.inspect import Field, StructType, type_info

from data_bank_api.api.main import resources
from data_bank_api.api.pool import DatabasePool, StoragePool
from data_bank_api.config import SETTINGS, Settings
from data_bank_api.jobs.kind import Kind
from data_bank_api.jobs.kinds.table import KINDS
from data_bank_api.wiring import build_bank
from data_bank_client.cli.main import build_app
from data_bank_client.wire.events import EVENT_TYPES
from data_bank_client.wire.problem import STATUSES

PAGE = Path(__file__).parent.parent / "docs" / "reference.md"
INTRODUCTION = """# Reference

All that there is, in tables that `make docs` makes from the code; [README.md](README.md) names the
guides that say what is meant by it. Metrics and spans are in
[operations.md](operations.md#metrics), alerts in [runbook.md](runbook.md), pages in
[pages.md](pages.md). A running service describes its interface, with every field, at `/docs` and
`/openapi.json`; each command its options by `--help`."""

Row = tuple[str, ...]


def write() -> str:
    """The whole page."""
    sections = (
        ("Settings", "Variables of the environment.", settings()),
        ("Routes", "With the scopes of which a key needs one.", routes()),
        ("Kinds of jobs", "For `POST /jobs`, with their arguments and what these are.", kinds()),
        ("Errors", "The `code` of an error, and the class that the client raises.", errors()),
        ("Events", "What `GET /events` tells, and webhooks are called for.", events()),
        ("Commands", "All take `--help`.", commands()),
    )
    parts = [INTRODUCTION, *(_section(*each) for each in sections)]
    return "\n\n".join(parts) + "\n"


def settings() -> Iterator[Row]:
    yield "variable", "default", "it says"
    for each in SETTINGS:
        default = "required" if each.default is None else f"`{each.default}`"
        yield f"`{each.name}`", default, each.says


def routes() -> Iterator[Row]:
    yield "route", "key", "it is for"
    with tempfile.TemporaryDirectory() as folder:
        bank = build_bank(Settings.read({"API_UPLOAD_KEYS": "key", "DATA_ROOT": folder}))
        for resource in resources(bank, StoragePool(), DatabasePool()):
            for method, operation in resource.operations.items():
                scopes = " or ".join(sorted(scope.value for scope in operation.scopes))
                what = operation.description.summary
                yield f"`{method} {resource.path}`", scopes or "none", what


def kinds() -> Iterator[Row]:
    yield "kind", "key", "arguments", "it is for"
    for name, kind in KINDS.items():
        arguments = ", ".join(f"`{each.name}`{_default(each)}" for each in _fields(kind))
        yield f"`{name}`", kind.scope.value, arguments, _says(kind)


def _fields(kind: type[Kind]) -> tuple[Field, ...]:
    found = type_info(kind)
    return found.fields if isinstance(found, StructType) else ()


def _default(field: Field) -> str:
    if field.required:
        return " (required)"
    default = [] if field.default is msgspec.NODEFAULT else field.default
    return f" ({msgspec.json.encode(default).decode()})"


def _says(kind: type[Kind]) -> str:
    """The first sentence of its file, which begins with its name."""
    first = inspect.getdoc(sys.modules[kind.__module__]) or ""
    return _first_sentence(first).removeprefix(f"`{kind.name}`: ")


def errors() -> Iterator[Row]:
    yield "code", "status", "class"
    for kind, status in STATUSES.items():
        yield f"`{kind.code}`", str(status), f"`{kind.__name__}`"


def events() -> Iterator[Row]:
    yield ("type",)
    for name in EVENT_TYPES:
        yield (f"`{name}`",)


def commands() -> Iterator[Row]:
    yield "command", "options", "it is for"
    for path, app in every_command(build_app(are_loaded=True)):
        options = ", ".join(f"`{name}`" for name in _options(app))
        yield f"`databank {' '.join(path)}`", options, _first_sentence(app.help)


def every_command(app: App, path: Row = ()) -> Iterator[tuple[Row, App]]:
    """Each that does something, and not only holds others."""
    for name in app:
        if not name.startswith("-"):
            inner = app[name]
            if inner.default_command is not None:
                yield (*path, name), inner
            yield from every_command(inner, (*path, name))


def _options(app: App) -> Iterator[str]:
    for argument in app.assemble_argument_collection():
        yield from (name for name in argument.names if name.startswith("--"))


def _first_sentence(text: str) -> str:
    whole = " ".join(text.partition("\n\n")[0].split())
    found = re.match(r"(.+?[.])( |$)", whole)
    return found[1] if found else whole


def _section(title: str, says: str, rows: Iterable[Row]) -> str:
    head, *others = rows
    lines = [head, ("---",) * len(head), *others]
    table = "\n".join(f"| {' | '.join(_cell(each) for each in row)} |" for row in lines)
    return f"## {title}\n\n{says}\n\n{table}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(write(), encoding="utf-8")
    sys.stdout.write(f"written: {PAGE}\n")
