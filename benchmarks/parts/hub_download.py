"""The mirror's download of one large file from a Hub, beside what a user would type."""

import hashlib
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.bench import Bench, settle, tell
from benchmarks.contestants import CURL, CURL_SHA256SUM_SYNC, CURL_SYNC, HASHLIB, MIRROR
from benchmarks.errors import BenchmarkError
from benchmarks.load.curl import fetch_redirected
from benchmarks.load.mirror import MirrorProcess, mirror
from benchmarks.memory import memory_of, peak_of
from benchmarks.parts.get_large import MEGABYTE
from benchmarks.peers.stand_in_hub import StandIn, stand_in_hub
from benchmarks.works import HUB_LARGE, HUB_MEMORY

_PIECE = 1024 * 1024


def measure(bench: Bench) -> None:
    with bench.room() as room:
        tell(f"{HUB_LARGE.title}: making the file")
        with stand_in_hub(room / "hub", bench.options.large_bytes) as hub:
            _contest(bench, _Kitchen(room, hub))


def _contest(bench: Bench, kitchen: "_Kitchen") -> None:
    bench.contest(
        HUB_LARGE,
        {
            MIRROR: lambda: kitchen.speed_of(kitchen.by_mirror(MirrorProcess.fetch)),
            CURL: lambda: kitchen.speed_of(kitchen.by_curl()),
            CURL_SYNC: lambda: kitchen.speed_of(kitchen.by_curl(kitchen.sync)),
            CURL_SHA256SUM_SYNC: lambda: kitchen.speed_of(
                kitchen.by_curl(kitchen.sha256sum, kitchen.sync)
            ),
            HASHLIB: lambda: kitchen.speed_of(kitchen.hash_alone()),
        },
    )
    bench.contest(HUB_MEMORY, {MIRROR: lambda: kitchen.by_mirror(_memory_over_idle)})


def _memory_over_idle(process: MirrorProcess) -> float:
    """Megabytes."""

    def fetch() -> None:
        process.fetch()

    before = memory_of(process.pid)
    return (peak_of(process.pid, fetch) - before) / MEGABYTE


class _Kitchen:
    """All ways to fetch the file, each in seconds and into a place that is empty before."""

    def __init__(self, room: Path, hub: StandIn) -> None:
        self._bank = room / "bank"
        self._target = room / "target"
        self._hub = hub
        fetch_redirected(hub.url, self._target, hub.size)
        with self._target.open("rb") as file:
            self._digest = hashlib.file_digest(file, "sha256").hexdigest()

    def speed_of(self, seconds: float) -> float:
        return self._hub.size / seconds / MEGABYTE

    def by_mirror(self, act: Callable[[MirrorProcess], float]) -> float:
        self._target.unlink(missing_ok=True)
        try:
            with mirror(self._hub, self._bank, self._digest) as process:
                settle()
                return act(process)
        finally:
            shutil.rmtree(self._bank, ignore_errors=True)

    def by_curl(self, *then: Callable[[], None]) -> float:
        self._target.unlink(missing_ok=True)
        settle()
        begun = time.monotonic()
        fetch_redirected(self._hub.url, self._target, self._hub.size)
        for each in then:
            each()
        return time.monotonic() - begun

    def sync(self) -> None:
        """The file and the name."""
        subprocess.run(["sync", self._target, self._target.parent], check=True)

    def sha256sum(self) -> None:
        said = subprocess.run(
            ["sha256sum", self._target], capture_output=True, text=True, check=True
        )
        if not said.stdout.startswith(self._digest):
            raise BenchmarkError("curl fetched another file")

    def hash_alone(self) -> float:
        """As many bytes as the file has."""
        piece, hashed = bytes(_PIECE), hashlib.sha256()
        begun = time.monotonic()
        for _ in range(self._hub.size // _PIECE):
            hashed.update(piece)
        return time.monotonic() - begun
