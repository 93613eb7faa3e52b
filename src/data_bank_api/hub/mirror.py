"""What the work of the mirror is done with, and whom it tells how far it is."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from data_bank_api.blobs.receive import Receiver
from data_bank_api.blobs.store import BlobReader
from data_bank_api.db.database import Database
from data_bank_api.hub.artifacts import Artifacts
from data_bank_api.hub.expected import Expected
from data_bank_api.hub.holdings import Holdings
from data_bank_api.hub.hub_path import HubPath
from data_bank_api.hub.located import Located, Rest
from data_bank_api.hub.publisher import Publisher
from data_bank_api.hub.registry import Registry
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.hub.transfer_meter import Transfer
from data_bank_api.hub.tree import TreeFile
from data_bank_api.queue.clock import Clock, utc_now
from data_bank_client.wire.files import FileInfo


class HubReader(Protocol):
    """See Hub (hub/hub.py)."""

    def pin(self, repo: RepoName, revision: str) -> str: ...

    def tensors(self, repo: RepoName, commit: str) -> Mapping[str, int]: ...

    def tree(self, repo: RepoName, commit: str) -> Iterator[TreeFile]: ...

    def locate(
        self, repo: RepoName, commit: str, path: HubPath, rest: Rest | None = None
    ) -> Located: ...


class Fetcher(Protocol):
    """See Downloader (hub/download.py)."""

    def fetch(
        self,
        locate: Callable[[Rest], Located],
        size: int,
        expected: Expected,
        receiver: Receiver,
        *,
        content_type: str,
        on_progress: Callable[[Transfer], object],
        is_over: Callable[[], bool],
    ) -> FileInfo: ...


class Teller(Protocol):
    """A job's Work, as far as it is told of things."""

    def progress(
        self, percent: float, message: str | None = None, payload: dict[str, object] | None = None
    ) -> None: ...

    def log(self, text: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Mirror:
    """The parts. `places`: how many files are on their way at once."""

    database: Database
    store: BlobReader
    receiver: Receiver
    hub: HubReader
    fetcher: Fetcher
    places: int = 8
    clock: Clock = utc_now

    @property
    def registry(self) -> Registry:
        return Registry(self.database, self.clock)

    @property
    def artifacts(self) -> Artifacts:
        return Artifacts(self.database)

    @property
    def holdings(self) -> Holdings:
        return Holdings(self.database, self.store)

    @property
    def publisher(self) -> Publisher:
        return Publisher(self.database, self.holdings, self.receiver, self.clock)
