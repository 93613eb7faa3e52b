"""The address of the Hub itself, and the addresses of things below it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote

import httpx2

from data_bank_api.hub.hub_path import HubPath
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.network.public_address import is_host
from data_bank_client.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`http` or `https`, a host, perhaps a port and a path. Make one with `parse`."""

    url: httpx2.URL

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises InvalidInputError, which does not repeat what may hold a password by mistake."""
        try:
            url = httpx2.URL(text.strip().rstrip("/"))
        except httpx2.InvalidURL:
            raise InvalidInputError("HF_ENDPOINT: it cannot be read as an address") from None
        if url.scheme not in {"http", "https"} or not is_host(url.raw_host.decode("ascii")):
            raise InvalidInputError("HF_ENDPOINT: no address such as https://huggingface.co")
        if url.userinfo or url.query or url.fragment:
            raise InvalidInputError("HF_ENDPOINT: it holds more than scheme, host, port and path")
        return cls(url)

    @property
    def host(self) -> str:
        return self.url.raw_host.decode("ascii")

    def is_own(self, url: httpx2.URL) -> bool:
        """Whether it is of this very scheme, host and port: the token goes nowhere else."""
        return url.origin == self.url.origin

    def revision(self, repo: RepoName, revision: str, *expand: str) -> httpx2.URL:
        """What is told of a repository at a revision: of all that, only the fields named."""
        path = f"/api/{repo.api_path}/revision/{quote(revision, safe='')}"
        return self._below(path).copy_with(params=[("expand", each) for each in expand])

    def datasets(self, query: Sequence[tuple[str, str]]) -> httpx2.URL:
        """The first page of a listing of datasets."""
        return self._below("/api/datasets").copy_with(params=list(query))

    def tree(self, repo: RepoName, commit: str) -> httpx2.URL:
        """The first page of all files of a commit."""
        return self._below(f"/api/{repo.api_path}/tree/{commit}?recursive=true")

    def commits(self, repo: RepoName, revision: str) -> httpx2.URL:
        """The first page of the commits of a revision."""
        return self._below(f"/api/{repo.api_path}/commits/{quote(revision, safe='')}")

    def file(self, repo: RepoName, commit: str, path: HubPath) -> httpx2.URL:
        """What leads to a file's bytes."""
        return self._below(f"/{repo.files_path}/resolve/{commit}/{path.quoted}")

    def _below(self, path: str) -> httpx2.URL:
        return httpx2.URL(f"{str(self.url).rstrip('/')}{path}")
