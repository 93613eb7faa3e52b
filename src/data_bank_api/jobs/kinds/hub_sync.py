"""`hub.sync`: lists a registered repository of the Hub anew, and fetches its small metadata.

With `download` it then fetches all that is not in the bank, in the same run.

The result has what the repository is made of now; `result_id` is the manifest of the snapshot, if
all of it is in the bank.
"""

from typing import ClassVar

import msgspec

from data_bank_api.auth.scope import Scope
from data_bank_api.hub.as_registered import as_registered
from data_bank_api.hub.repository_name import RepoName, RepoType
from data_bank_api.hub.sync import bring_in, sync
from data_bank_api.jobs.kinds.hub_outcome import result_of
from data_bank_api.jobs.shop import Shop
from data_bank_api.jobs.work import Work
from data_bank_client.wire.jobs import JobResult


class HubSync(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: ClassVar[str] = "hub.sync"
    scope: ClassVar[Scope] = Scope.UPLOAD

    repo_id: str
    repo_type: RepoType = "model"
    download: bool = False

    def __post_init__(self) -> None:
        RepoName.parse(self.repo_type, self.repo_id)

    def run(self, shop: Shop, work: Work) -> JobResult:
        do = bring_in if self.download else sync
        with shop.mirror() as mirror:
            name = RepoName(self.repo_type, self.repo_id)
            return result_of([as_registered(do, mirror, name, work)])
