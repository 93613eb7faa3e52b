"""A Hugging Face Hub on sockets of 127.0.0.1, for tests: what the mirror talks to, and what the
real `huggingface_hub` client takes for the Hub (tests/contracts/test_stand_in_hub.py).

    with StandInHub() as hub:                       # or the fixture `stand_in_hub`
        repo = hub.add(RepoSpec("org/model", {"config.json": b"{}", "model.safetensors": path}))
        ...HF_ENDPOINT = hub.endpoint; a private or gated one wants hub.token...
        repo.head, repo.files["config.json"].oid, .size, .sha256, .read()
        repo.commit({"new.txt": b"..", "config.json": None}), repo.force_push({...})
        repo.branch("dev"), repo.tag("v1"), repo.pull_request(1)

Small files come by a relative redirect, LFS files by one to a signed address of another host
(`hub.storage`), which is good for `hub.signatures.lifetime` seconds or until
`hub.signatures.expire()`. Lists have pages of `hub.page_size`.

    hub.list_many(ManyDatasets(1_000_000))                  many made-up datasets: many_datasets.py
    hub.faults.add("storage", drop(after=1000), times=1)    what can go wrong: faults.py
    hub.limits["api"] = Limit(quota=10, window=300)         429 when there were more
    hub.cut(), hub.restore()                                the whole link, both hosts
    hub.elsewhere                                           an address no one should ever ask
    hub.requests                                            what arrived: record.py
    StandInHub(tls=context)                                 by https, with that certificate

`python -m tests.fakes.hub.serve` runs one with a realistic model in it (realistic.py).
"""

import hashlib
import ssl
from collections.abc import Iterator
from types import TracebackType
from typing import Self

import pytest

from tests.fakes.hub.access import Access
from tests.fakes.hub.answers import Answers, State
from tests.fakes.hub.faults import EXPIRED, Faults
from tests.fakes.hub.limits import Limits
from tests.fakes.hub.many_datasets import ManyDatasets
from tests.fakes.hub.messages import Answer, Request, json_answer
from tests.fakes.hub.ranges import give
from tests.fakes.hub.record import Record
from tests.fakes.hub.repository import Repository, RepoSpec
from tests.fakes.hub.routes import find_route
from tests.fakes.hub.server import Host
from tests.fakes.hub.signing import Signatures


class StandInHub:
    """It listens from its making until `close`."""

    def __init__(self, *, page_size: int = 1000, tls: ssl.SSLContext | None = None) -> None:
        self.token = "hf_member_of_everything"
        self.stranger_token = "hf_stranger"
        self.requests = Record()
        self.faults = Faults()
        self._state = State(Access(self.token, self.stranger_token), page_size=page_size)
        self._answers = Answers(self._state)
        self._hub = Host("hub", self._at_hub, tls)
        self._storage = Host("storage", self._at_storage, tls)
        self._elsewhere = Host("elsewhere", self._at_elsewhere)
        self.endpoint = self._state.endpoint = self._hub.address
        self.storage = self._state.storage = self._storage.address
        # By a name that is not the endpoint's, and never by https: a host of its own.
        self.elsewhere = f"http://localhost:{self._elsewhere.port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        for host in (self._hub, self._storage, self._elsewhere):
            host.cut()

    def cut(self) -> None:
        """End every connection in the middle; no new one is taken until `restore`."""
        self._hub.cut()
        self._storage.cut()

    def restore(self) -> None:
        self._hub.restore()
        self._storage.restore()

    def add(self, spec: RepoSpec) -> Repository:
        repository = Repository(spec)
        self._state.repositories[spec.repo_type, spec.repo_id] = repository
        return repository

    def list_many(self, many: ManyDatasets | None) -> None:
        """The listing of datasets tells of these, instead of the repositories."""
        self._state.many = many

    def remove(self, repository: Repository) -> None:
        del self._state.repositories[repository.repo_type, repository.repo_id]

    def rename(self, repository: Repository, repo_id: str) -> None:
        """The old name leads to the new one, by a relative redirect."""
        self.remove(repository)
        self._state.renamed[repository.repo_type, repository.repo_id] = repo_id
        repository.repo_id = repo_id
        self._state.repositories[repository.repo_type, repo_id] = repository

    @property
    def signatures(self) -> Signatures:
        return self._state.signatures

    @property
    def limits(self) -> Limits:
        return self._state.limits

    @property
    def page_size(self) -> int:
        return self._state.page_size

    @page_size.setter
    def page_size(self, size: int) -> None:
        self._state.page_size = size

    def _at_hub(self, request: Request) -> Answer:
        request.kind = find_route(request.raw_path).kind
        self.requests.add(request)
        return self.faults.around(request, self._answers.to)

    def _at_storage(self, request: Request) -> Answer:
        request.kind = "storage"
        self.requests.add(request)
        return self.faults.around(request, self._stored)

    def _stored(self, request: Request) -> Answer:
        content = self.signatures.find(request)
        if content is None:
            return EXPIRED
        # As that of real storage: it names the content, and is not its sha256.
        etag = hashlib.md5(content.sha256.encode()).hexdigest()
        return give(request, content, etag, {"Content-Type": "application/octet-stream"})

    def _at_elsewhere(self, request: Request) -> Answer:
        request.kind = "elsewhere"
        self.requests.add(request)
        return json_answer({"secret": "of a service inside"})


@pytest.fixture
def stand_in_hub() -> Iterator[StandInHub]:
    with StandInHub() as hub:
        yield hub
