"""Addresses of datasets, whose ids may hold a slash, plain or encoded.

    /api/datasets/squad                 the dataset squad
    /api/datasets/org/name              the dataset org/name
    /api/datasets/org%2Fname            the same
    /api/datasets/org/name/files        its files: the last part of three, or of two, names what
    /api/datasets/org%2Fname/files      is asked of it
    /api/datasets/squad/files
    /api/datasets/org%2Ffiles           the dataset org/files

They are read from the path as it was sent; in the one that was decoded both slashes are alike.
"""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, unquote_to_bytes

from starlette.requests import Request
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Scope

About = Literal["", "commits", "files", "file-url"]

ROOT = "/api/datasets"
ABOUTS: tuple[About, ...] = ("", "commits", "files", "file-url")

_PARAMETER = "dataset_id"
_FRONT = tuple(ROOT.split("/"))
_ORIGIN = re.compile(rb"\A[^:/]+://[^/]*")  # hypercorn leaves an absolute target as it came


@dataclass(frozen=True, slots=True)
class Place:
    """A dataset, and what is asked of it; "" for itself."""

    dataset_id: str
    about: About


def find_place(sent: bytes) -> Place | None:
    """What a path names, as it was sent; None where it names no dataset."""
    parts = [_decoded(part) for part in sent.split(b"/")]
    behind = parts[len(_FRONT) :]
    if tuple(parts[: len(_FRONT)]) != _FRONT or not all(behind):
        return None
    match behind:
        case [only]:
            return Place(only, "")
        case [first, last]:
            about = _about(last)
            return Place(first, about) if about else Place(f"{first}/{last}", "")
        case [first, second, last]:
            about = _about(last)
            return Place(f"{first}/{second}", about) if about else None
    return None


class DatasetRoute(Route):
    """Takes what `find_place` says; its path is for people."""

    def __init__(self, path: str, about: About, endpoint: ASGIApp) -> None:
        super().__init__(path, endpoint)
        self._about = about

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "http":
            return Match.NONE, {}
        place = find_place(_sent(scope))
        if place is None or place.about != self._about:
            return Match.NONE, {}
        named = {**scope.get("path_params", {}), _PARAMETER: place.dataset_id}
        return Match.FULL, {"endpoint": self.endpoint, "path_params": named}


def dataset_id(request: Request) -> str:
    return str(request.path_params[_PARAMETER])


def _sent(scope: Scope) -> bytes:
    """The path below the place that the application is mounted at."""
    sent: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    return _ORIGIN.sub(b"", sent).removeprefix(quote(scope.get("root_path", "")).encode())


def _about(part: str) -> About | None:
    return next((each for each in ABOUTS if each and each == part), None)


def _decoded(part: bytes) -> str:
    return unquote_to_bytes(part).decode(errors="replace")
