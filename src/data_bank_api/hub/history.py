"""The commits of a repository, as the Hub tells of them now; newest first, 50 a page."""

from dataclasses import dataclass

import httpx2
import msgspec

from data_bank_api.hub.exchange import Exchange, Question
from data_bank_api.hub.next_page import next_page
from data_bank_api.hub.pace import Pace
from data_bank_api.hub.redirects import RedirectPolicy
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.hub.revision import check_revision
from data_bank_client.errors import ExternalServiceError, RateLimitError

_PAGE_BYTES = 4 * 1024 * 1024


class Author(msgspec.Struct, frozen=True):
    user: str = ""


class HubCommit(msgspec.Struct, frozen=True):
    """As it is told. `date`: RFC 3339."""

    id: str
    title: str
    date: str
    message: str = ""
    authors: tuple[Author, ...] = ()


@dataclass(frozen=True, slots=True)
class Commits:
    """`has_more`: there are older ones."""

    commits: tuple[HubCommit, ...]
    has_more: bool


def hurry(seconds: float) -> None:
    """A rest that nobody takes who is waited for: raises RateLimitError (see Pace.sleep)."""
    error = RateLimitError("few requests are left in the Hub's window")
    error.retry_after = max(seconds, 1.0)
    raise error


class History:
    """Several threads may use it. Raises as Hub does (hub.py)."""

    def __init__(
        self,
        policy: RedirectPolicy,
        token: str | None,
        http: httpx2.Client,
        pace: Pace,
        seconds: float,
    ) -> None:
        self._endpoint = policy.endpoint
        self._exchange = Exchange(policy, token, http, pace, seconds)

    def newest(self, repo: RepoName, revision: str, limit: int) -> Commits:
        """Up to so many of a revision. Raises InvalidInputError for what can be no revision."""
        url: httpx2.URL | None = self._endpoint.commits(repo, check_revision(revision))
        found: list[HubCommit] = []
        while url is not None and len(found) <= limit:
            answer = self._exchange.fetch(url, Question(repo, "api", _PAGE_BYTES))
            page = _read(answer.body)
            found += page
            following = next_page(self._endpoint, answer.url, answer.headers.get("link", ""))
            url = following if page else None  # where nothing comes, nothing more does
        return Commits(tuple(found[:limit]), len(found) > limit)


def _read(body: bytes) -> list[HubCommit]:
    try:
        return msgspec.json.decode(body, type=list[HubCommit])
    except (msgspec.DecodeError, RecursionError) as error:
        raise ExternalServiceError("the Hub lists commits in a form that is not known") from error
