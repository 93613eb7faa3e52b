"""The Hub, as it is asked: which commit, which files, and where their bytes are.

    http = outgoing_client(JudgedConnections(policy.may_be_private))
    hub = Hub(policy, token, http)
    commit = hub.pin(repo, "main")
    for file in hub.tree(repo, commit):
        located = hub.locate(repo, commit, file.path)

What comes from there is not trusted: every answer is bounded and checked. All methods raise, of
what the Hub says, NotFoundError, ForbiddenError and RateLimitError; ExternalServiceError where it
does not answer, or not as it should; PayloadTooLargeError for an answer that is too large.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

import httpx2
import msgspec
from msgspec import Meta

from data_bank_api.hub.exchange import HOPS, Answer, Exchange, Question
from data_bank_api.hub.file_headers import FileHeaders
from data_bank_api.hub.hub_path import HubPath
from data_bank_api.hub.located import Located, Rest
from data_bank_api.hub.next_page import next_page
from data_bank_api.hub.pace import Pace
from data_bank_api.hub.redirects import RedirectPolicy
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.hub.revision import check_revision, is_commit
from data_bank_api.hub.safetensors_header import MOST_DTYPES
from data_bank_api.hub.tree import TreeFile
from data_bank_api.hub.tree_page import read_tree_page
from data_bank_client.errors import ExternalServiceError, InvalidInputError


@dataclass(frozen=True, slots=True)
class HubLimits:
    """What is not exceeded, whatever the Hub says: of an answer, and of a tree.

    `bytes` is what the files of a tree may have together: databases add them up in 64 bits.
    `answer_seconds` is the time that an answer's body may take.
    """

    answer_bytes: int = 4 * 1024 * 1024
    answer_seconds: float = 120.0
    pages: int = 20_000
    files: int = 1_000_000
    bytes: int = 2**53


class _Commit(msgspec.Struct):
    sha: str


class _Tensors(msgspec.Struct):
    parameters: Annotated[dict[str, int], Meta(max_length=MOST_DTYPES)] = {}


class _WithTensors(msgspec.Struct):
    safetensors: _Tensors | None = None


class Hub:
    """Several threads may use it. `token` goes to the endpoint alone; None: nobody in particular.

    Raises InvalidInputError for a token that no header can carry.
    """

    def __init__(
        self,
        policy: RedirectPolicy,
        token: str | None,
        http: httpx2.Client,
        limits: HubLimits | None = None,
        pace: Pace | None = None,
    ) -> None:
        if token is not None and not (token.isascii() and token.isprintable() and token.strip()):
            raise InvalidInputError("HF_TOKEN: it has characters that no token has")
        self._policy = policy
        self._endpoint = policy.endpoint
        self._limits = limits or HubLimits()
        self._exchange = Exchange(policy, token, http, pace or Pace(), self._limits.answer_seconds)

    def pin(self, repo: RepoName, revision: str) -> str:
        """The commit that a branch, a tag or a commit's name stands for now: 40 digits.

        Raises InvalidInputError for what can be no revision.
        """
        url = self._endpoint.revision(repo, check_revision(revision), "sha")
        body = self._exchange.fetch(url, self._question(repo)).body
        try:
            commit = msgspec.json.decode(body, type=_Commit).sha
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ExternalServiceError("the Hub describes the revision unreadably") from error
        if not is_commit(commit) or (is_commit(revision) and commit != revision):
            raise ExternalServiceError("the Hub names no commit of this revision")
        return commit

    def tensors(self, repo: RepoName, commit: str) -> Mapping[str, int]:
        """The parameters of each dtype in a model's safetensors; empty where nothing is known."""
        if repo.repo_type != "model":
            return {}
        url = self._endpoint.revision(repo, commit, "safetensors")
        body = self._exchange.fetch(url, self._question(repo)).body
        try:
            found = msgspec.json.decode(body, type=_WithTensors).safetensors
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return {}  # what is not told so that it can be read is not known
        return {} if found is None else found.parameters

    def tree(self, repo: RepoName, commit: str) -> Iterator[TreeFile]:
        """Every file of a commit, in the Hub's order; a page is asked for when it is needed.

        Raises InvalidInputError for a file whose name is not taken, and for too many. What came
        before an error is not the whole. The Hub may list a path twice.
        """
        count = size = 0
        for page in self._pages(repo, commit):
            files = read_tree_page(page.body)
            count += len(files)
            size += sum(each.size for each in files)
            if count > self._limits.files:
                raise InvalidInputError(f"{repo}: more than {self._limits.files} files")
            if size > self._limits.bytes:
                raise InvalidInputError(f"{repo}: more than {self._limits.bytes} bytes")
            yield from files

    def locate(
        self, repo: RepoName, commit: str, path: HubPath, rest: Rest | None = None
    ) -> Located:
        """Where the bytes of a file are now. No byte of it is moved.

        The answer that is about the file may be a redirect, and is not always the first: a
        repository that has another name now leads there. Where the Hub has few requests left, it
        is waited for by `rest`, and what that raises is raised.
        """
        url, question = (
            self._endpoint.file(repo, commit, path),
            Question(repo, "resolvers", 0, "HEAD", rest),
        )
        for _ in range(HOPS + 1):
            answer = self._exchange.ask(url, question)
            said = FileHeaders.read(answer.headers)
            if said.commit not in {None, commit}:
                raise ExternalServiceError("the Hub answers from another commit than was asked")
            if answer.location is None:
                return self._located(answer.url, said, said.size)
            url = self._policy.follow(answer.url, answer.location)
            if said.is_about_a_file or not self._endpoint.is_own(url):
                return self._located(url, said, None)
        raise ExternalServiceError(f"the Hub redirects more than {HOPS} times")

    def read_small(self, repo: RepoName, commit: str, path: HubPath, limit: int) -> bytes:
        """A file's bytes, up to `limit` of them; who has their hash compares it."""
        url = self._endpoint.file(repo, commit, path)
        return self._exchange.fetch(url, Question(repo, "resolvers", limit)).body

    def _question(self, repo: RepoName) -> Question:
        return Question(repo, "api", self._limits.answer_bytes)

    def _pages(self, repo: RepoName, commit: str) -> Iterator[Answer]:
        url, seen = self._endpoint.tree(repo, commit), set[bytes]()
        for _ in range(self._limits.pages):
            mark = hashlib.blake2b(str(url).encode(), digest_size=16).digest()
            if mark in seen:
                raise ExternalServiceError("the Hub's pages lead back to one that was read")
            seen.add(mark)
            page = self._exchange.fetch(url, self._question(repo))
            yield page
            following = next_page(self._endpoint, page.url, page.headers.get("link", ""))
            if following is None:
                return
            url = following
        raise InvalidInputError(f"{repo}: more than {self._limits.pages} pages of files")

    def _located(self, url: httpx2.URL, said: FileHeaders, length: int | None) -> Located:
        return Located(
            url=str(url),
            headers=self._exchange.credentials(url),
            size=length if said.linked_size is None else said.linked_size,
            etag=said.etag,
            sha256=said.sha256,
            commit=said.commit,
        )
