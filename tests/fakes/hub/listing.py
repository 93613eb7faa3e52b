"""What the Hub tells of a repository in JSON: its info, its tree, its commits and refs."""

import base64
import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode

from tests.fakes.hub.content import RepoFile
from tests.fakes.hub.messages import Answer, Request, json_answer
from tests.fakes.hub.repository import Commit, Repository
from tests.fakes.hub.safetensors import parameters_of

Json = dict[str, object]

# A path and its file; a folder has none.
Entry = tuple[str, RepoFile | None]
T = TypeVar("T")


def info(repository: Repository, commit: Commit, request: Request) -> Json:
    """With `expand` only what it names, and the id; with `blobs` sizes and hashes of the files."""
    is_with_blobs = request.one("blobs").lower() == "true"
    known = everything(repository, commit, is_with_blobs=is_with_blobs)
    wanted = [value for name, value in request.query if name in ("expand", "expand[]")]
    if not wanted:
        return known
    return {name: known[name] for name in ["_id", "id", *wanted] if name in known}


def everything(repository: Repository, commit: Commit, *, is_with_blobs: bool = False) -> Json:
    """All that can be told of a repository; what its spec has `told` stands over the rest."""
    spec = repository.spec
    size = sum(file.size for file in commit.files.values())
    known: Json = {
        "_id": hashlib.sha1(repository.repo_id.encode()).hexdigest()[:24],
        "id": repository.repo_id,
        "author": repository.repo_id.partition("/")[0],
        "sha": commit.id,
        "lastModified": _date(commit.date),
        "createdAt": _date(repository.history(commit)[-1].date),
        "private": spec.private,
        "gated": spec.gated,
        "disabled": False,
        "downloads": spec.downloads,
        "downloadsAllTime": spec.downloads * 10,
        "likes": spec.likes,
        "tags": list(spec.tags),
        "siblings": [_sibling(file, is_with_blobs) for _, file in sorted(commit.files.items())],
        "trendingScore": 0,
        "mainSize": size,
        "usedStorage": size,
    }
    more = _of_model(repository.repo_id, commit) if spec.repo_type == "model" else {}
    return {**known, **more, **spec.told}


def _of_model(repo_id: str, commit: Commit) -> Json:
    weights = [path for path in commit.files if path.endswith(".safetensors")]
    found = parameters_of(commit.files[path].content for path in weights)
    known: Json = {"modelId": repo_id, "library_name": "transformers", "config": {}}
    if found:
        known["safetensors"] = {"parameters": found, "total": sum(found.values())}
    return known


def _sibling(file: RepoFile, is_with_blobs: bool) -> Json:
    known: Json = {"rfilename": file.path}
    if is_with_blobs:
        known |= {"size": file.size, "blobId": file.oid}
    if is_with_blobs and file.is_lfs:
        known["lfs"] = {
            "sha256": file.sha256,
            "size": file.size,
            "pointerSize": len(file.content.pointer),
        }
    return known


@lru_cache(maxsize=16)
def entries(commit: Commit, folder: str, is_recursive: bool) -> Sequence[Entry]:
    """What lies in a folder, in the order of its paths."""
    start = f"{folder}/" if folder else ""
    found: dict[str, RepoFile | None] = {}
    for path, file in commit.files.items():
        if not path.startswith(start):
            continue
        parts = path[len(start) :].split("/")
        for depth in range(1, len(parts)):
            found[start + "/".join(parts[:depth])] = None
        found[path] = file
    kept = [path for path in found if is_recursive or "/" not in path[len(start) :]]
    return [(path, found[path]) for path in sorted(kept)]


def entry(known: Entry, commit: Commit, *, is_expanded: bool) -> Json:
    path, file = known
    last = {"id": commit.id, "title": commit.title, "date": _date(commit.date)}
    more: Json = {"lastCommit": last} if is_expanded else {}
    if file is None:
        oid = hashlib.sha1(f"tree {path}".encode("utf-8", "surrogatepass")).hexdigest()
        return {"type": "directory", "oid": oid, "size": 0, "path": path, **more}
    told: Json = {"type": "file", "oid": file.oid, "size": file.size, "path": path, **more}
    if file.is_lfs:
        told["lfs"] = {
            "oid": file.sha256,
            "size": file.size,
            "pointerSize": len(file.content.pointer),
        }
    return told


def commit_entry(commit: Commit) -> Json:
    return {
        "id": commit.id,
        "title": commit.title,
        "message": "",
        "authors": [{"user": "someone", "avatar": ""}],
        "date": _date(commit.date),
    }


def refs(repository: Repository, *, is_with_pull_requests: bool) -> Json:
    known: Json = {
        "branches": _refs("refs/heads/", repository.branches.items()),
        "converts": [],
        "tags": _refs("refs/tags/", repository.tags.items()),
    }
    if is_with_pull_requests:
        numbered = [(str(number), commit) for number, commit in repository.pull_requests.items()]
        known["pullRequests"] = _refs("refs/pr/", numbered)
    return known


def _refs(start: str, named: Iterable[tuple[str, str]]) -> list[Json]:
    return [
        {"name": name, "ref": f"{start}{name}", "targetCommit": commit} for name, commit in named
    ]


def page(
    request: Request, items: Sequence[T], told: Callable[[T], Json], endpoint: str, size: int
) -> Answer:
    """A page of a list, of what is `told` of each; the next one's absolute address is in `Link`."""
    asked = request.one("limit")
    size = min(size, int(asked)) if asked.isdigit() and int(asked) > 0 else size
    cursor = request.one("cursor")
    at = int(base64.urlsafe_b64decode(cursor)) if cursor else 0
    headers = {"X-Total-Count": str(len(items))}
    if at + size < len(items):
        following = base64.urlsafe_b64encode(str(at + size).encode()).decode()
        kept = parse_qsl(request.target.partition("?")[2], keep_blank_values=True)
        query = [(name, value) for name, value in kept if name != "cursor"]
        target = f"{request.raw_path}?{urlencode([*query, ('cursor', following)])}"
        headers["Link"] = f'<{endpoint}{target}>; rel="next"'
    return json_answer([told(each) for each in items[at : at + size]], headers)


def _date(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%S.000Z")
