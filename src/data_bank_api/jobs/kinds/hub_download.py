"""`hub.download`: fetches what is listed and not in the bank.

Of a repository everything, or the artifacts that are named. The result is that of `hub.sync`.
"""

from typing import Annotated, ClassVar

import msgspec

from data_bank_api.auth.scope import Scope
from data_bank_api.hub.artifacts import BATCH
from data_bank_api.hub.as_registered import as_registered
from data_bank_api.hub.mirror import Mirror
from data_bank_api.hub.repository_name import RepoName, RepoType
from data_bank_api.hub.sync import Outcome, download, download_some
from data_bank_api.jobs.kinds.hub_outcome import result_of
from data_bank_api.jobs.shop import Shop
from data_bank_api.jobs.work import Work
from data_bank_client.errors import InvalidInputError
from data_bank_client.wire.jobs import JobResult

ArtifactId = Annotated[str, msgspec.Meta(max_length=32)]


class HubDownload(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`repo_id` or `artifact_ids`, of any repositories."""

    name: ClassVar[str] = "hub.download"
    scope: ClassVar[Scope] = Scope.UPLOAD

    repo_id: str | None = None
    repo_type: RepoType = "model"
    artifact_ids: Annotated[list[ArtifactId], msgspec.Meta(max_length=BATCH)] = []

    def __post_init__(self) -> None:
        if (self.repo_id is None) != bool(self.artifact_ids):
            raise InvalidInputError("arguments of hub.download: repo_id or artifact_ids")
        if self.repo_id is not None:
            RepoName.parse(self.repo_type, self.repo_id)

    def run(self, shop: Shop, work: Work) -> JobResult:
        with shop.mirror() as mirror:
            return result_of(self._download(mirror, work))

    def _download(self, mirror: Mirror, work: Work) -> list[Outcome]:
        if self.repo_id is None:
            return download_some(mirror, self.artifact_ids, work)
        name = RepoName(self.repo_type, self.repo_id)
        return [as_registered(download, mirror, name, work)]
