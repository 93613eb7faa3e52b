"""`corpus.ingest`: brings files into the bank for other services.

    repo_id, repo_type, revision, include, exclude    those files of a repository of the Hub
    url, sha256, content_type, name                   the file at an https address

`result_id` is the file, where it is one, else the manifest of all of them.
"""

from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from data_bank_api.auth.scope import Scope
from data_bank_api.corpus.address import ingest_address
from data_bank_api.corpus.allowed_hosts import LONGEST_ADDRESS
from data_bank_api.corpus.ingested import Ingested
from data_bank_api.corpus.repository import WantedFiles, ingest_repository
from data_bank_api.corpus.wanted_file import LONGEST_NAME, WantedFile, is_name
from data_bank_api.hub.patterns import MOST, Patterns
from data_bank_api.hub.repository_name import RepoName, RepoType
from data_bank_api.hub.revision import check_revision
from data_bank_api.jobs.shop import Shop
from data_bank_api.jobs.work import Work
from data_bank_api.network.https_address import read_https_address
from data_bank_client.errors import InvalidInputError
from data_bank_client.wire.content_type import is_content_type
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.jobs import JobResult

_ALL_FILES: tuple[str, str, list[str], list[str]] = ("dataset", "main", [], [])
_List = Annotated[list[str], Meta(max_length=MOST)]
_SAYS = (
    "arguments of corpus.ingest: repo_id, with repo_type, revision, include and exclude; or url, "
    "with sha256, content_type and name"
)


class CorpusIngest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`repo_id` or `url`, and what goes with it."""

    name: ClassVar[str] = "corpus.ingest"
    scope: ClassVar[Scope] = Scope.UPLOAD

    repo_id: str | None = None
    repo_type: RepoType = "dataset"
    revision: str = "main"
    include: _List = []
    exclude: _List = []
    url: str | None = None
    sha256: str | None = None
    content_type: str | None = None
    file_name: str | None = msgspec.field(default=None, name="name")

    def __post_init__(self) -> None:
        is_of_files = (self.repo_type, self.revision, self.include, self.exclude) != _ALL_FILES
        is_of_file = (self.sha256, self.content_type, self.file_name) != (None, None, None)
        if self.repo_id is not None and self.url is None and not is_of_file:
            self._wanted_files(self.repo_id)
        elif self.url is not None and self.repo_id is None and not is_of_files:
            self._wanted_file(self.url)
        else:
            raise InvalidInputError(_SAYS)

    def run(self, shop: Shop, work: Work) -> JobResult:
        ingested = self._ingest(shop, work)
        return JobResult(
            result_id=ingested.result.digest.hex,
            result_bytes=ingested.result.size,
            details=ingested.tell(),
        )

    def _ingest(self, shop: Shop, work: Work) -> Ingested:
        if self.repo_id is not None:
            with shop.mirror() as mirror:
                return ingest_repository(mirror, self._wanted_files(self.repo_id), work)
        with shop.web() as web:
            return ingest_address(web, self._wanted_file(self.url or ""), work)

    def _wanted_files(self, repo_id: str) -> WantedFiles:
        return WantedFiles(
            RepoName.parse(self.repo_type, repo_id),
            check_revision(self.revision),
            Patterns.parse(self.include, self.exclude),
        )

    def _wanted_file(self, url: str) -> WantedFile:
        if self.content_type is not None and not is_content_type(self.content_type):
            raise InvalidInputError("content_type: it is no type such as text/csv")
        if self.file_name is not None and not is_name(self.file_name):
            raise InvalidInputError(f"name: 1 to {LONGEST_NAME} printable characters, without `/`")
        return WantedFile(
            read_https_address(url, LONGEST_ADDRESS),
            None if self.sha256 is None else Digest.parse(self.sha256),
            self.content_type,
            self.file_name,
        )
