"""What the Hub tells of many repositories, page by page.

`search` and `filter` (all of each, in any letters), `author`, `gated`; `sort` by what a repository
tells, the largest first, or with `direction=1` the smallest; `limit` up to a page. Without `full`
or `expand` no files and sizes are told; `full` brings the files, `expand` what it names.

A cursor says what the last one was, and not how many there were before: as with the Hub, what
comes or goes between two pages shifts nothing, and what changes its place is told twice or never.
"""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

import msgspec

from tests.fakes.hub.many_datasets import Json, ManyDatasets
from tests.fakes.hub.messages import Answer, Request, refusal, whole

SORTS = ("createdAt", "downloads", "lastModified", "likes", "trendingScore")
NOT_IN_LISTS = ("siblings", "cardData", "mainSize", "usedStorage", "downloadsAllTime")
FULL = ("siblings", "cardData")

# What a repository is sorted by, and the number of its coming: no two have the same.
Key = tuple[str | int, int]


@dataclass(frozen=True)
class Question:
    """What of a request says which ones, in which order."""

    request: Request
    author: str
    searches: Sequence[str]
    filters: Sequence[str]
    gated: str
    sort: str
    is_rising: bool

    @classmethod
    def of(cls, request: Request) -> "Question":
        return cls(
            request,
            author=request.one("author"),
            searches=[each.lower() for each in _all(request, "search") if each],
            filters=[each.lower() for each in _all(request, "filter") if each],
            gated=request.one("gated").lower(),
            sort=request.one("sort"),
            is_rising=request.one("direction") == "1",
        )

    @property
    def is_of_all(self) -> bool:
        return not (self.author or self.searches or self.filters or self.gated)

    def takes(self, told: Json) -> bool:
        name, tags = str(told.get("id")), told.get("tags")
        known = [str(each).lower() for each in tags] if isinstance(tags, list) else []
        return (
            (not self.author or told.get("author") == self.author)
            and all(each in name.lower() for each in self.searches)
            and all(each in known for each in self.filters)
            and (not self.gated or bool(told.get("gated")) == (self.gated == "true"))
        )


def list_repositories(
    request: Request, repositories: Sequence[Json], endpoint: str, most: int
) -> Answer:
    """A page of these, which came in this order."""
    question = Question.of(request)
    if question.sort and question.sort not in SORTS:
        return refusal(400, None, f"Invalid sort: {question.sort}")
    keyed = [
        (_key(question, told, number), told)
        for number, told in enumerate(repositories)
        if question.takes(told)
    ]
    keyed.sort(key=lambda each: each[0], reverse=bool(question.sort) and not question.is_rising)
    after = _read_cursor(request)
    at = 0 if after is None else _first_after(question, [key for key, _ in keyed], after)
    size = _size(request, most)
    page = keyed[at : at + size]
    following = page[-1][0] if at + size < len(keyed) else None
    return _page(request, [told for _, told in page], len(keyed), endpoint, following)


def list_many(request: Request, many: ManyDatasets, endpoint: str, most: int) -> Answer:
    """A page of made-up ones: of all of them, by `lastModified`, else as they come.

    That is what `createdAt` is taken for as well: an order that no change touches.
    """
    question = Question.of(request)
    is_newest = question.sort == "lastModified" and not question.is_rising
    if not question.is_of_all or not (is_newest or question.sort in ("", "createdAt")):
        return refusal(400, None, "The made-up datasets can be had in their order only")
    after = _read_cursor(request)
    at = 0 if after is None else after[1] + 1
    end = min(at + _size(request, most), len(many))
    found = many.newest(at, end) if is_newest else many.between(at, end)
    following = ("", end - 1) if end < len(many) else None
    return _page(request, found, len(many), endpoint, following)


def _page(
    request: Request, found: Sequence[Json], total: int, endpoint: str, following: Key | None
) -> Answer:
    known = {"Content-Type": "application/json; charset=utf-8", "X-Total-Count": str(total)}
    if following is not None:
        target = f"{request.raw_path}?{urlencode(_next_query(request, following))}"
        known["Link"] = f'<{endpoint}{target}>; rel="next"'
    told = _telling(request)
    return Answer(200, known, whole(msgspec.json.encode([told(each) for each in found])))


def _next_query(request: Request, following: Key) -> list[tuple[str, str]]:
    kept = parse_qsl(request.target.partition("?")[2], keep_blank_values=True)
    cursor = base64.urlsafe_b64encode(msgspec.json.encode(following)).decode()
    return [*((name, value) for name, value in kept if name != "cursor"), ("cursor", cursor)]


def _telling(request: Request) -> Callable[[Json], Json]:
    wanted = _all(request, "expand")
    if wanted:
        names = ["_id", "id", *wanted]
        return lambda told: {name: told[name] for name in names if name in told}
    hidden = [name for name in NOT_IN_LISTS if name not in FULL or not _is_full(request)]
    return lambda told: {name: value for name, value in told.items() if name not in hidden}


def _is_full(request: Request) -> bool:
    return request.one("full").lower() in ("true", "1")


def _size(request: Request, most: int) -> int:
    asked = request.one("limit")
    return min(most, int(asked)) if asked.isdigit() and int(asked) > 0 else most


def _key(question: Question, told: Json, number: int) -> Key:
    value = told.get(question.sort, 0) if question.sort else 0
    return (value if isinstance(value, str | int) else 0, number)


def _first_after(question: Question, keys: Sequence[Key], after: Key) -> int:
    is_falling = bool(question.sort) and not question.is_rising
    return sum(key >= after if is_falling else key <= after for key in keys)


def _read_cursor(request: Request) -> Key | None:
    cursor = request.one("cursor")
    return msgspec.json.decode(base64.urlsafe_b64decode(cursor), type=Key) if cursor else None


def _all(request: Request, name: str) -> list[str]:
    return [value for known, value in request.query if known in (name, f"{name}[]")]
