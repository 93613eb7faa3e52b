"""The mirror's downloader in a process of its own, as in a worker.

    python -m benchmarks.load.mirror ENDPOINT REPO_ID COMMIT SIZE SHA256 FOLDER

It makes a bank in FOLDER and says `ready`; with a line it downloads, says in how many seconds the
file was verified and durable, and ends with its input.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.errors import BenchmarkError
from benchmarks.peers.stand_in_hub import FILE, StandIn
from data_bank_api.blobs.disk.layout import Layout
from data_bank_api.blobs.disk.prepare import prepare
from data_bank_api.blobs.disk.store import DiskStore
from data_bank_api.blobs.disk.system import System
from data_bank_api.blobs.receive import Receiver
from data_bank_api.config import HUB_BYTE_BUDGET
from data_bank_api.hub.byte_budget import ByteBudget
from data_bank_api.hub.download import Downloader
from data_bank_api.hub.endpoint import Endpoint
from data_bank_api.hub.expected import Sha256
from data_bank_api.hub.hub import Hub
from data_bank_api.hub.hub_path import HubPath
from data_bank_api.hub.redirects import RedirectPolicy
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.network.judged_connections import JudgedConnections
from data_bank_api.network.outgoing_client import outgoing_client
from data_bank_client.wire.digest import Digest

_READY = "ready"


@dataclass(frozen=True, slots=True)
class MirrorProcess:
    _process: subprocess.Popen[str]

    @property
    def pid(self) -> int:
        return self._process.pid

    def fetch(self) -> float:
        """Seconds. Raises BenchmarkError."""
        return float(self._ask("go"))

    def _ask(self, line: str) -> str:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise BenchmarkError("the mirror was started without pipes")
        stdin.write(f"{line}\n")
        stdin.flush()
        return _heard(stdout.readline())


def _heard(line: str) -> str:
    if not line:
        raise BenchmarkError("the mirror ended early")
    return line.strip()


@contextmanager
def mirror(hub: StandIn, folder: Path, digest: str) -> Iterator[MirrorProcess]:
    """Ready to fetch."""
    told = [hub.endpoint, hub.repo_id, hub.commit, str(hub.size), digest, str(folder)]
    command = [sys.executable, "-m", "benchmarks.load.mirror", *told]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        try:
            _heard("" if process.stdout is None else process.stdout.readline())
            yield MirrorProcess(process)
        finally:
            if process.stdin is not None:
                process.stdin.close()
            process.wait()


def main(endpoint: str, repo_id: str, commit: str, size: str, sha256: str, folder: str) -> None:
    root, count, digest = Path(folder), int(size), Digest(sha256)
    prepare(root, root / "state", System())
    store = DiskStore(str(root))
    policy = RedirectPolicy(Endpoint.parse(endpoint))
    budget = ByteBudget(int(HUB_BYTE_BUDGET.default or 0))
    with outgoing_client(JudgedConnections(policy.may_be_private)) as http:
        downloader = Downloader(http, Path(Layout(str(root)).spool), store, budget)
        name, path = RepoName.parse("model", repo_id), HubPath.parse(FILE)
        locate = partial(Hub(policy, None, http).locate, name, commit, path)
        _say(_READY)
        for _ in sys.stdin:
            begun = time.monotonic()
            downloader.fetch(locate, count, Sha256(digest), Receiver(store, 0))
            _say(str(time.monotonic() - begun))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
