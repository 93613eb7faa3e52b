"""What the Hub answers when nothing goes wrong: one method for each kind of routes.py."""

import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar
from urllib.parse import parse_qsl, quote

import msgspec

from tests.fakes.hub import listing
from tests.fakes.hub.access import Access
from tests.fakes.hub.content import RepoFile
from tests.fakes.hub.limits import Limits
from tests.fakes.hub.listed import list_many, list_repositories
from tests.fakes.hub.many_datasets import ManyDatasets
from tests.fakes.hub.messages import Answer, Request, json_answer, refusal, whole
from tests.fakes.hub.ranges import give
from tests.fakes.hub.repository import Commit, Repository, RepoType
from tests.fakes.hub.routes import Route, find_route
from tests.fakes.hub.signing import Signatures

EXPANDED_PAGE = 50
COMMITS_PAGE = 50
TEXTS = (".json", ".txt", ".md")
TRUE = ("true", "1")
T = TypeVar("T")


@dataclass
class State:
    """What there is. `endpoint` and `storage` are set when their hosts listen."""

    access: Access
    endpoint: str = ""
    storage: str = ""
    page_size: int = 1000
    repositories: dict[tuple[RepoType, str], Repository] = field(default_factory=dict)
    many: ManyDatasets | None = None
    renamed: dict[tuple[RepoType, str], str] = field(default_factory=dict)
    signatures: Signatures = field(default_factory=Signatures)
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Asked:
    """A request that may be answered: its repository is there and may be seen."""

    request: Request
    route: Route
    repository: Repository
    commit: Commit


class Answers:
    """`to` gives the answer of the Hub's own host."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._table: dict[str, Callable[[Asked], Answer]] = {
            "info": self._info,
            "tree": self._tree,
            "commits": self._commits,
            "refs": self._refs,
            "paths-info": self._paths_info,
            "auth-check": self._auth_check,
            "resolve": self._resolve,
            "content": self._content,
        }

    def to(self, request: Request) -> Answer:
        headers, refused = self._state.limits.take(request.kind)
        refused = refused or self._state.access.refuse_token(request)
        return (refused or self._respond(request, find_route(request.raw_path))).with_headers(
            headers
        )

    def _respond(self, request: Request, route: Route) -> Answer:
        if route.kind == "whoami":
            return self._whoami(request)
        if route.kind == "harnesses":
            return json_answer({"standardEnvVars": [], "harnesses": {}})
        if route.kind == "list":
            return self._list(request, route)
        key = (route.repo_type, route.repo_id)
        if key in self._state.renamed:
            return self._moved(request, route.repo_id, self._state.renamed[key])
        repository = self._state.repositories.get(key)
        refused = self._state.access.refuse_repository(request, repository)
        if refused is not None or repository is None:
            return refused or refusal(404, "RepoNotFound", "Repository not found")
        return self._of_repository(request, route, repository)

    def _of_repository(self, request: Request, route: Route, repository: Repository) -> Answer:
        commit = repository.find(route.revision)
        if commit is None:
            told = f"Invalid rev id: {quote(route.revision)}"
            return refusal(404, "RevisionNotFound", told)
        if route.kind in ("resolve", "content", "auth-check"):
            refused = self._state.access.refuse_files(request, repository)
            if refused is not None:
                return refused
        return self._table[route.kind](Asked(request, route, repository, commit))

    def _moved(self, request: Request, before: str, now: str) -> Answer:
        return Answer(307, {"Location": request.target.replace(before, now, 1)})

    def _whoami(self, request: Request) -> Answer:
        if request.token is None:
            return refusal(401, None, "Invalid username or password.")
        name = "member" if request.token == self._state.access.member else "stranger"
        return json_answer(
            {"type": "user", "name": name, "orgs": [], "auth": {"type": "access_token"}}
        )

    def _list(self, request: Request, route: Route) -> Answer:
        """Those that may be seen, in the order they were added unless another is asked for."""
        endpoint, most = self._state.endpoint, self._state.page_size
        if self._state.many is not None and route.repo_type == "dataset":
            return list_many(request, self._state.many, endpoint, most)
        found = [
            listing.everything(repository, repository.newest)
            for (kind, _), repository in self._state.repositories.items()
            if kind == route.repo_type
            and self._state.access.refuse_repository(request, repository) is None
        ]
        return list_repositories(request, found, endpoint, most)

    def _info(self, asked: Asked) -> Answer:
        return json_answer(listing.info(asked.repository, asked.commit, asked.request))

    def _page(
        self, request: Request, items: Sequence[T], told: Callable[[T], listing.Json], most: int
    ) -> Answer:
        size = min(self._state.page_size, most)
        return listing.page(request, items, told, self._state.endpoint, size)

    def _tree(self, asked: Asked) -> Answer:
        is_recursive = asked.request.one("recursive").lower() in TRUE
        is_expanded = asked.request.one("expand").lower() in TRUE
        found = listing.entries(asked.commit, asked.route.path, is_recursive)
        if asked.route.path and not found:
            return self._no_entry(asked)
        told = partial(listing.entry, commit=asked.commit, is_expanded=is_expanded)
        size = EXPANDED_PAGE if is_expanded else self._state.page_size
        return self._page(asked.request, found, told, size)

    def _commits(self, asked: Asked) -> Answer:
        history = asked.repository.history(asked.commit)
        return self._page(asked.request, history, listing.commit_entry, COMMITS_PAGE)

    def _refs(self, asked: Asked) -> Answer:
        is_with = asked.request.one("include_prs").lower() in TRUE
        return json_answer(listing.refs(asked.repository, is_with_pull_requests=is_with))

    def _paths_info(self, asked: Asked) -> Answer:
        paths, is_expanded = _paths_of(asked.request)
        known = dict(listing.entries(asked.commit, "", is_recursive=True))
        found = [(path, known[path]) for path in paths if path in known]
        told = partial(listing.entry, commit=asked.commit, is_expanded=is_expanded)
        return json_answer([told(each) for each in found])

    def _auth_check(self, asked: Asked) -> Answer:
        return json_answer({"status": "ok"})

    def _resolve(self, asked: Asked) -> Answer:
        """By a redirect. What is empty, private, gated or in no namespace, and small, comes at
        once, as from the Hub.
        """
        file = asked.commit.files.get(asked.route.path)
        if file is None:
            return self._no_entry(asked)
        known = _metadata(asked, file)
        if file.is_lfs:
            address = self._state.signatures.sign(self._state.storage, file)
            return Answer(302, {**known, "Location": address}, whole(b"Found. Redirecting"))
        spec = asked.repository.spec
        if not file.size or spec.private or spec.gated or "/" not in asked.repository.repo_id:
            return _small(asked.request, file, known)
        address = _cache_address(asked, file)
        return Answer(307, {**known, "Location": address}, whole(b"Temporary Redirect"))

    def _content(self, asked: Asked) -> Answer:
        file = asked.commit.files.get(asked.route.path)
        if file is None:
            return self._no_entry(asked)
        return _small(asked.request, file, _metadata(asked, file))

    def _no_entry(self, asked: Asked) -> Answer:
        known = {"X-Repo-Commit": asked.commit.id}
        return refusal(404, "EntryNotFound", "Entry not found", known)


def _metadata(asked: Asked, file: RepoFile) -> dict[str, str]:
    """What the first answer says of a file."""
    known = {"X-Repo-Commit": asked.commit.id, "Accept-Ranges": "bytes"}
    known |= {"ETag": f'"{file.etag}"', "Content-Type": "text/plain; charset=utf-8"}
    if file.is_lfs:
        known |= {"X-Linked-Size": str(file.size), "X-Linked-ETag": f'"{file.etag}"'}
    return known


def _cache_address(asked: Asked, file: RepoFile) -> str:
    start = f"/api/resolve-cache/{asked.route.repo_type}s/{asked.route.repo_id}"
    path = quote(file.path, errors="surrogatepass")
    query = f"{quote(asked.request.path, safe='', errors='surrogatepass')}=&etag=%22{file.oid}%22"
    return f"{start}/{asked.commit.id}/{path}?{query}"


def _small(request: Request, file: RepoFile, known: dict[str, str]) -> Answer:
    """Compressed, of no known length, for whoever says that he takes gzip: so does the Hub."""
    is_asked = "gzip" in request.headers.get("accept-encoding", "")
    if not is_asked or not file.path.endswith(TEXTS) or not file.size or request.range:
        return give(request, file.content, file.etag, known)
    packed = {"Content-Encoding": "gzip", "ETag": f'W/"{file.etag}"', "Vary": "Accept-Encoding"}
    body = whole(gzip.compress(file.read(), 1))
    return Answer(200, {**known, **packed}, body, is_chunked=True)


class _Paths(msgspec.Struct):
    paths: list[str]
    expand: bool = False


def _paths_of(request: Request) -> tuple[list[str], bool]:
    """Of a form, or of JSON."""
    if "json" in request.headers.get("content-type", ""):
        sent = msgspec.json.decode(request.body, type=_Paths)
        return sent.paths, sent.expand
    form = parse_qsl(request.body.decode(), keep_blank_values=True)
    is_expanded = dict(form).get("expand", "").lower() == "true"
    return [value for name, value in form if name == "paths"], is_expanded
