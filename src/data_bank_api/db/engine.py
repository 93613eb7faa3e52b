"""From DATABASE_URL to engines; what the two databases are told, so that they behave alike.

SQLite writes ahead (WAL), syncs every commit (FULL), and a transaction that writes takes its turn
at its beginning (BEGIN IMMEDIATE), so that none fails in the middle because another was first.
What the operator wrote into the address goes before what is set here.

Each database is in a file of its own, and only the one that is used is imported.
"""

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from sqlalchemy import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError

from data_bank_api.db.refusals import DatabaseAddressError

CONNECT_SECONDS = 5
CHECK_SECONDS = 2

_OPENERS = {
    "sqlite": "data_bank_api.db.sqlite:open_sqlite",
    "postgresql": "data_bank_api.db.postgresql:open_postgresql",
}


@dataclass(frozen=True, slots=True)
class Engines:
    """`reads` has the connections of `writes`; `checks` makes a new one, and soon gives up."""

    writes: Engine
    reads: Engine
    checks: Engine


def open_engines(url: str) -> Engines:
    """Connects to nothing, but makes the file of SQLite. Raises DatabaseAddressError."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # both hold what they could not read
        raise DatabaseAddressError("cannot be read as an address") from None
    if parsed.drivername not in _OPENERS:
        raise DatabaseAddressError("must begin with sqlite:/// or postgresql://")
    opener: Callable[[URL], Engines] = pkgutil.resolve_name(_OPENERS[parsed.drivername])
    return opener(parsed)


def files_of(url: str) -> tuple[Path, ...]:
    """Those of SQLite, be they there or not; none of what is no file or no address.

    Nobody else may open them: to close one would lose SQLite's locks in this process.
    """
    prefix, _, rest = url.partition(":///")
    name = rest.partition("?")[0]
    if prefix != "sqlite" or not name:
        return ()
    return tuple(Path(unquote(name) + end) for end in ("", "-wal", "-shm"))


def with_defaults(url: URL, defaults: Mapping[str, str]) -> URL:
    return url.set(query={**defaults, **url.query})
