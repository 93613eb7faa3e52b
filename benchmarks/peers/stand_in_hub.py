"""The stand-in Hub of the tests, with one large file in it: sent by sendfile, at any speed."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from benchmarks.errors import BenchmarkError
from benchmarks.peers.process import PATIENCE, running

FILE = "model.safetensors"


class _Told(msgspec.Struct):
    endpoint: str
    repo_id: str
    commit: str


@dataclass(frozen=True, slots=True)
class StandIn:
    endpoint: str
    repo_id: str
    commit: str
    size: int

    @property
    def url(self) -> str:
        """It redirects to where the bytes are."""
        return f"{self.endpoint}/{self.repo_id}/resolve/{self.commit}/{FILE}"


@contextmanager
def stand_in_hub(folder: Path, size: int) -> Iterator[StandIn]:
    """A file of `size` bytes. Raises BenchmarkError."""
    folder.mkdir()
    log = folder / "log"
    command = [sys.executable, "-m", "tests.fakes.hub.serve", str(size), "0"]
    with running(command, log, {"TMPDIR": str(folder)}) as process:
        deadline = time.monotonic() + PATIENCE
        while not (said := log.read_bytes()).endswith(b"\n"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise BenchmarkError("the stand-in Hub did not start")
            time.sleep(0.01)
        told = msgspec.json.decode(said, type=_Told)
        yield StandIn(told.endpoint, told.repo_id, told.commit, size)
