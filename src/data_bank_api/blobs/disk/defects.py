"""What can be wrong with the files of one digest, and what is done about it: one table.

    .meta without .bin        removed, unless its blob is in quarantine
    .bad beside .bin          removed: an upload has replaced it
    .bin without .meta        the sidecar is rebuilt: size and date from the blob, type unknown
    .meta that is not valid   rebuilt in the same way: cut, unreadable, or about another file
    .meta of another size     rebuilt with the blob's size, once its bytes were hashed and are right

A `.bin` is never removed. One whose bytes are wrong goes into quarantine; see `repair.py`.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass

from data_bank_api.blobs.disk.layout import Layout
from data_bank_api.blobs.disk.sidecar import read_sidecar
from data_bank_client.wire.digest import Digest


@dataclass(frozen=True, slots=True)
class Seen:
    """What lies there of one digest: which of `bin`, `meta` and `bad`, and how the sidecar is."""

    kinds: frozenset[str]
    is_valid: bool = True
    is_sized: bool = True


@dataclass(frozen=True, slots=True)
class Defect:
    """A line of the table: the file of which kind is removed or rebuilt, and when."""

    name: str
    kind: str
    cure: str
    is_in: Callable[[Seen], bool] = lambda _seen: False


@dataclass(frozen=True, slots=True)
class Finding:
    """A defect of the file at `path`, below the root; `because`: why it could not be cured."""

    path: str
    defect: Defect
    because: str = ""


REMOVED, REBUILT, QUARANTINED, KEPT = "removed", "rebuilt", "put into quarantine", "kept"

DEFECTS = (
    Defect("sidecar without a blob", "meta", REMOVED, lambda seen: seen.kinds == {"meta"}),
    Defect("replaced copy", "bad", REMOVED, lambda seen: seen.kinds >= {"bin", "bad"}),
    Defect(
        "blob without a sidecar",
        "meta",
        REBUILT,
        lambda seen: "bin" in seen.kinds and "meta" not in seen.kinds,
    ),
    Defect("sidecar that is not valid", "meta", REBUILT, lambda seen: not seen.is_valid),
    Defect("sidecar of another size", "meta", REBUILT, lambda seen: not seen.is_sized),
)
# What is found by other ways than looking at names and sidecars.
UNFINISHED = Defect("unfinished upload", "tmp", REMOVED)
DAMAGED = Defect("damaged blob", "bin", QUARANTINED)
CONDEMNED = Defect("copy in quarantine", "bad", KEPT)
UNREADABLE = Defect("blob that cannot be read", "bin", KEPT)
OUT_OF_REACH = Defect("files that cannot be looked at", "*", KEPT)


def defects_in(seen: Seen) -> list[Defect]:
    """In the order in which they are put right."""
    return [each for each in DEFECTS if each.is_in(seen)]


def look_at_names(layout: Layout, digest: Digest) -> Seen:
    paths = {
        "bin": layout.blob(digest),
        "meta": layout.sidecar(digest),
        "bad": layout.condemned(digest),
    }
    return Seen(frozenset(kind for kind, path in paths.items() if os.path.lexists(path)))


def look_inside(layout: Layout, digest: Digest) -> Seen:
    """The names, and what the sidecar beside a blob says. Raises OSError."""
    seen = look_at_names(layout, digest)
    if not seen.kinds >= {"bin", "meta"}:
        return seen
    kept = read_sidecar(layout.sidecar(digest), digest)
    if kept is None:
        return Seen(seen.kinds, is_valid=False)
    size = os.lstat(layout.blob(digest)).st_size
    return Seen(seen.kinds, is_sized=kept.size == size)


def is_suspect(layout: Layout, digest: Digest) -> bool:
    """Whether blob and sidecar are of two sizes: only the bytes can tell which of them is right."""
    try:
        return not look_inside(layout, digest).is_sized
    except OSError:  # gone meanwhile
        return False
