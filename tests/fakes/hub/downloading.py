"""A bank in a folder, and a downloader that fetches into it from a stand-in Hub.

    python -m tests.fakes.hub.downloading FOLDER ENDPOINT COMMIT PATH SIZE SHA256

does so in a process of its own, which may be killed, and prints the bytes that moved.
"""

import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx2

from data_bank_api.blobs.receive import Receiver
from data_bank_api.hub.byte_budget import ByteBudget
from data_bank_api.hub.download import Downloader
from data_bank_api.hub.endpoint import Endpoint
from data_bank_api.hub.expected import Expected, Sha256
from data_bank_api.hub.hub import Hub
from data_bank_api.hub.hub_path import HubPath
from data_bank_api.hub.located import Located, Rest
from data_bank_api.hub.patience import Patience
from data_bank_api.hub.redirects import RedirectPolicy
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.hub.syncing import Syncing
from data_bank_api.hub.transfer_meter import Transfer
from data_bank_api.network.judged_connections import JudgedConnections
from data_bank_api.network.outgoing_client import outgoing_client
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import FileInfo
from tests.fakes.disk import files_in, look, open_store

REPOSITORY = "org/model"
PART = 128 * 1024
# Above what comes by one request: 12 parts, the last a short one.
LARGE = 11 * PART + 4321
QUICK = Patience(tries=3, pauses=(0.01,), longest_asked=1.5, connect=20.0, read=20.0)


def content_of(size: int, seed: int = 7) -> bytes:
    return random.Random(seed).randbytes(size)


def ignore(_: Transfer) -> None:
    """Nobody looks."""


def never() -> bool:
    return False


@dataclass(frozen=True)
class Site:
    """`downloader` fetches into the bank below `folder`, of the files of `commit`."""

    folder: Path
    downloader: Downloader
    hub: Hub
    commit: str

    def fetch(
        self,
        path: str,
        size: int,
        expected: Expected,
        *,
        locate: Callable[[Rest], Located] | None = None,
        on_progress: Callable[[Transfer], object] = ignore,
        is_over: Callable[[], bool] = never,
        min_free: int = 0,
    ) -> FileInfo:
        return self.downloader.fetch(
            locate or partial(self.locate, path),
            size,
            expected,
            Receiver(open_store(self.root, min_free=min_free), 0),
            on_progress=on_progress,
            is_over=is_over,
        )

    def locate(self, path: str, rest: Rest | None = None) -> Located:
        name = RepoName.parse("model", REPOSITORY)
        return self.hub.locate(name, self.commit, HubPath.parse(path), rest)

    @property
    def root(self) -> Path:
        return self.folder / "files"

    def stored(self, digest: Digest) -> bytes:
        found = look(self.root, digest)
        assert not isinstance(found, str), found
        return found[1]

    @property
    def spools(self) -> list[str]:
        return files_in(self.root / "spool")

    @property
    def files(self) -> list[str]:
        """Of the store."""
        return [each for each in files_in(self.root) if not each.startswith("spool/")]


@contextmanager
def site(
    folder: Path,
    endpoint: str,
    commit: str,
    *,
    min_free: int = 0,
    part_size: int = PART,
    budget: int = 4 * PART,
    patience: Patience = QUICK,
) -> Iterator[Site]:
    policy = RedirectPolicy(Endpoint.parse(endpoint))
    http: httpx2.Client
    with outgoing_client(JudgedConnections(policy.may_be_private)) as http:
        downloader = Downloader(
            http,
            folder / "files" / "spool",
            open_store(folder / "files"),
            ByteBudget(budget),
            patience=patience,
            part_size=part_size,
            min_free=min_free,
            syncing=Syncing(every=0.05),
        )
        yield Site(folder, downloader, Hub(policy, None, http), commit)


def main(folder: str, endpoint: str, commit: str, path: str, size: str, sha256: str) -> None:
    moved = 0

    def count(transfer: Transfer) -> None:
        nonlocal moved
        moved = transfer.moved

    with site(Path(folder), endpoint, commit) as here:
        here.fetch(path, int(size), Sha256(Digest(sha256)), on_progress=count)
    print(moved)


if __name__ == "__main__":
    main(*sys.argv[1:])
