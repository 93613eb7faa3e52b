"""What the Hub says of a repository at this moment, for who waits for the answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from urllib.parse import quote

from data_bank_api.hub.endpoint import Endpoint
from data_bank_api.hub.history import Commits, History
from data_bank_api.hub.hub import Hub
from data_bank_api.hub.hub_path import HubPath
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.hub.tree import TreeFile
from data_bank_client.errors import (
    ExternalServiceError,
    InvalidInputError,
    PayloadTooLargeError,
)


@dataclass(frozen=True, slots=True)
class Files:
    """In the order of their paths. `has_more`: there are others."""

    files: tuple[TreeFile, ...]
    has_more: bool


@dataclass(frozen=True, slots=True)
class LiveHub:
    """Several threads may use it. Whatever is asked raises, of what the Hub says, NotFoundError,
    ForbiddenError and RateLimitError, and ExternalServiceError for all else.
    """

    endpoint: Endpoint
    hub: Hub
    history: History

    def commits(self, repo: RepoName, revision: str, limit: int) -> Commits:
        with _of_the_hub():
            return self.history.newest(repo, revision, limit)

    def files(self, repo: RepoName, revision: str, limit: int) -> Files:
        """Some of a revision: those that the Hub lists first."""
        with _of_the_hub():
            commit = self.hub.pin(repo, revision)
            found = list(islice(self.hub.tree(repo, commit), limit + 1))
        kept = sorted(found[:limit], key=lambda each: each.path)
        return Files(tuple(kept), len(found) > limit)

    def address(self, repo: RepoName, revision: str, path: HubPath) -> str:
        """What leads to a file's bytes. Nobody is asked whether it is there."""
        return str(self.endpoint.file(repo, quote(revision, safe=""), path))


@contextmanager
def _of_the_hub() -> Iterator[None]:
    """What was not taken of an answer is the Hub's fault, and none of who asks for it here."""
    try:
        yield
    except (InvalidInputError, PayloadTooLargeError) as error:
        raise ExternalServiceError(error.message) from error
