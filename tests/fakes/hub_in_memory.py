"""A Hub and a fetcher in memory, as the mirror needs them, and a mirror made of these.

The Hub passes the contract that the real one does (tests/contracts/test_hub_reader.py).
"""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from data_bank_api.blobs.memory import MemoryStore
from data_bank_api.blobs.receive import Declared, Intake, Receiver
from data_bank_api.db.database import Database
from data_bank_api.hub.artifacts import Wanted
from data_bank_api.hub.expected import Expected
from data_bank_api.hub.hub_path import HubPath
from data_bank_api.hub.located import Located, Rest
from data_bank_api.hub.mirror import Mirror
from data_bank_api.hub.patterns import Patterns
from data_bank_api.hub.repository import Registration, Repository
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.hub.transfer_meter import Transfer
from data_bank_api.hub.tree import TreeFile
from data_bank_client.errors import NotFoundError
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import FileInfo
from tests.fakes.clock import Clock

WANTED = Wanted()
NAME = RepoName("model", "org/small")


@dataclass(frozen=True, slots=True)
class Content:
    data: bytes
    is_lfs: bool = False

    def listed_as(self, path: str) -> TreeFile:
        oid = hashlib.sha1(b"blob %d\0" % len(self.data) + self.data).hexdigest()
        sha256 = Digest.of(self.data) if self.is_lfs else None
        return TreeFile(HubPath.parse(path), len(self.data), oid, sha256)


def plain(text: str) -> Content:
    return Content(text.encode())


def lfs(text: str) -> Content:
    return Content(text.encode(), is_lfs=True)


Files = Mapping[str, Content]


class HubInMemory:
    """`commit` makes a commit, `errors` are raised instead of an answer, by path, once each."""

    def __init__(self) -> None:
        self.located: list[str] = []
        self.on_listed: Callable[[], object] = lambda: None
        self._trees: dict[str, Files] = {}
        self._heads: dict[RepoName, str] = {}
        self._contents: dict[str, bytes] = {}

    def commit(self, files: Files, name: RepoName = NAME) -> str:
        commit = hashlib.sha1(repr((name, len(self._trees))).encode()).hexdigest()
        self._trees[commit], self._heads[name] = files, commit
        return commit

    def retell(self, commit: str, files: Files) -> None:
        """A Hub that goes wrong: a commit is not what it was."""
        self._trees[commit] = files

    def pin(self, repo: RepoName, revision: str) -> str:
        del revision  # there is one branch
        if repo not in self._heads:
            raise NotFoundError(f"the Hub has no {repo.repo_type} {repo}")
        return self._heads[repo]

    def tensors(self, repo: RepoName, commit: str) -> Mapping[str, int]:
        del repo, commit
        return {}

    def tree(self, repo: RepoName, commit: str) -> Iterator[TreeFile]:
        del repo
        for path, content in self._trees[commit].items():
            yield content.listed_as(path)
        self.on_listed()

    def locate(
        self, repo: RepoName, commit: str, path: HubPath, rest: Rest | None = None
    ) -> Located:
        del repo, rest
        self.located.append(path.text)
        content = self._trees[commit][path.text]
        self._contents[path.text] = content.data
        return Located(f"memory:{path}", {}, len(content.data), None, None, commit)

    def read(self, located: Located) -> bytes:
        return self._contents[located.url.removeprefix("memory:")]


@dataclass
class FetcherInMemory:
    """`ends` raises instead, by path: the first of a list each time, until there are none."""

    hub: HubInMemory
    ends: dict[str, list[BaseException]] = field(default_factory=dict)
    wrong: set[str] = field(default_factory=set)
    hold: threading.Event | None = None
    moved: int = 0
    most: int = 0
    _flying: int = 0
    _turn: threading.Lock = field(default_factory=threading.Lock)

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
    ) -> FileInfo:
        with self._turn:
            self._flying += 1
            self.most = max(self.most, self._flying)
        try:
            intake = receiver.begin(Declared(size, digest=expected.digest))
            try:
                intake.open()
                self._take(locate(time.sleep), expected, intake, on_progress, is_over)
                return intake.finish(content_type).info
            finally:
                intake.discard()
        finally:
            with self._turn:
                self._flying -= 1

    def _take(
        self,
        located: Located,
        expected: Expected,
        intake: Intake,
        on_progress: Callable[[Transfer], object],
        is_over: Callable[[], bool],
    ) -> None:
        path = located.url.removeprefix("memory:")
        while self.hold is not None and not self.hold.wait(0.01):
            if is_over():
                raise NotFoundError("stopped")
        if self.ends.get(path):
            raise self.ends[path].pop(0)
        content = self.hub.read(located)
        content = bytes(len(content)) if path in self.wrong else content
        on_progress(Transfer(len(content), len(content), len(content), 1.0))
        self.moved += len(content)
        running = expected.running()
        intake.write(content)
        running.update(content)
        running.check()


@dataclass
class Told:
    """A teller that remembers."""

    lines: list[str] = field(default_factory=list)
    percents: list[float] = field(default_factory=list)
    payload: dict[str, object] | None = None

    def progress(
        self, percent: float, message: str | None = None, payload: dict[str, object] | None = None
    ) -> None:
        del message
        self.percents.append(percent)
        self.payload = payload

    def log(self, text: str) -> None:
        self.lines.append(text)


@dataclass
class Mirrored:
    """A mirror in memory, but for its tables."""

    database: Database
    places: int = 3
    store: MemoryStore = field(default_factory=MemoryStore)
    hub: HubInMemory = field(default_factory=HubInMemory)
    clock: Clock = field(default_factory=Clock)
    told: Told = field(default_factory=Told)
    fetcher: FetcherInMemory = field(init=False)
    mirror: Mirror = field(init=False)

    def __post_init__(self) -> None:
        self.fetcher = FetcherInMemory(self.hub)
        receiver = Receiver(self.store, 0)
        self.mirror = Mirror(
            self.database, self.store, receiver, self.hub, self.fetcher, self.places, self.clock
        )

    def register(self, name: RepoName = NAME, patterns: Patterns | None = None) -> Repository:
        asked = Registration.parse(name, patterns=patterns)
        return self.mirror.registry.register(asked)

    def keep(self, text: str) -> Digest:
        """Store a file that nobody fetched."""
        intake = self.mirror.receiver.begin(Declared())
        intake.open()
        intake.write(text.encode())
        return intake.finish("text/plain").info.digest

    def states(self, repository: Repository) -> dict[str, str]:
        """Of each artifact, by its path."""
        batches = self.mirror.artifacts.batches(repository.repository_id, WANTED)
        return {each.file.path.text: each.state for batch in batches for each in batch}
