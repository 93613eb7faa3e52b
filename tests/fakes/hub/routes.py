"""What an address of the Hub asks for. Segments are taken apart before they are
decoded: a revision or a path may hold `%2F`.

| kind | address |
| --- | --- |
| list | /api/{models,datasets} |
| info | /api/models/{repo}, /api/models/{repo}/revision/{revision} |
| tree, commits, refs, paths-info, auth-check | /api/models/{repo}/{kind}[/{revision}[/{path}]] |
| whoami, harnesses | /api/whoami-v2, /api/agent-harnesses |
| resolve | /[datasets/]{repo}/resolve/{revision}/{path} |
| content | /api/resolve-cache/models/{repo}/{commit}/{path}: where small files are |
"""

from dataclasses import dataclass
from urllib.parse import unquote

from tests.fakes.hub.repository import RepoType

TYPES: dict[str, RepoType] = {"models": "model", "datasets": "dataset"}
VERBS = {
    "revision": "info",
    "tree": "tree",
    "commits": "commits",
    "refs": "refs",
    "paths-info": "paths-info",
    "auth-check": "auth-check",
}


@dataclass(frozen=True)
class Route:
    kind: str
    repo_type: RepoType = "model"
    repo_id: str = ""
    revision: str = "main"
    path: str = ""


UNKNOWN = Route("unknown")


def find_route(raw_path: str) -> Route:
    match raw_path.strip("/").split("/"):
        case ["api", "whoami-v2"]:
            return Route("whoami")
        case ["api", "agent-harnesses"]:
            return Route("harnesses")
        case ["api", "resolve-cache", types, *rest] if types in TYPES:
            return _content(TYPES[types], rest)
        case ["api", types] if types in TYPES:
            return Route("list", TYPES[types])
        case ["api", types, *rest] if types in TYPES:
            return _of_repository(TYPES[types], rest)
        case ["datasets", *rest]:
            return _resolve("dataset", rest)
        case rest:
            return _resolve("model", rest)


def _of_repository(repo_type: RepoType, rest: list[str]) -> Route:
    for length in (1, 2):
        if len(rest) > length and rest[length] in VERBS:
            kind, (revision, path) = VERBS[rest[length]], _revision_path(rest[length + 1 :])
            return Route(kind, repo_type, "/".join(rest[:length]), revision, path)
    return Route("info", repo_type, "/".join(rest)) if len(rest) <= 2 else UNKNOWN


def _resolve(repo_type: RepoType, rest: list[str]) -> Route:
    for length in (1, 2):
        if len(rest) > length + 2 and rest[length] == "resolve":
            revision, path = _revision_path(rest[length + 1 :])
            return Route("resolve", repo_type, "/".join(rest[:length]), revision, path)
    return UNKNOWN


def _content(repo_type: RepoType, rest: list[str]) -> Route:
    if len(rest) < 4:
        return UNKNOWN
    revision, path = _revision_path(rest[2:])
    return Route("content", repo_type, "/".join(rest[:2]), revision, path)


def _revision_path(rest: list[str]) -> tuple[str, str]:
    revision = unquote(rest[0]) if rest else "main"
    return revision, "/".join(unquote(each) for each in rest[1:])
