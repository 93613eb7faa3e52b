"""The memory of one worker while eight large uploads arrive."""

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from benchmarks.bench import Bench, settle, tell
from benchmarks.contestants import HYPERCORN, UVICORN
from benchmarks.load.curl import send
from benchmarks.memory import memory_of, peak_of
from benchmarks.parts.get_large import MEGABYTE
from benchmarks.peers.data_bank import data_bank
from benchmarks.peers.peer import Peer
from benchmarks.samples import LargeFile
from benchmarks.works import MEMORY

UPLOADS = 8
SERVERS = {UVICORN: "uvicorn", HYPERCORN: "hypercorn"}


def measure(bench: Bench) -> None:
    with bench.room() as room:
        tell(f"{MEMORY.title}: making the file")
        large = LargeFile(room / "large", bench.options.large_bytes)
        idle: dict[str, list[float]] = {who: [] for who in MEMORY.who}
        bench.contest(MEMORY, {who: _measuring(who, room, large, idle[who]) for who in MEMORY.who})
        for who, values in idle.items():
            bench.note(f"{who}, one worker: {median(values):.0f} MB after the start.")


def _measuring(who: str, room: Path, large: LargeFile, idle: list[float]) -> Callable[[], float]:
    """Each round has a server of its own: what one kept would be idle to the next."""

    def over_idle() -> float:
        folder = room / "bank"
        try:
            with data_bank(who, folder, {"SERVER": SERVERS[who], "WORKERS": "1"}) as peer:
                settle()
                before = memory_of(peer.pid)
                peak = peak_of(peer.pid, lambda: _upload(peer, large))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        idle.append(before / MEGABYTE)
        return (peak - before) / MEGABYTE

    return over_idle


def _upload(peer: Peer, large: LargeFile) -> None:
    """All at once. It is the same file, but each is written and hashed as a whole."""
    with ThreadPoolExecutor(UPLOADS) as pool:
        sent = [
            pool.submit(send, peer.url(large.digest), peer.headers, large.path, large.size)
            for _ in range(UPLOADS)
        ]
        for each in sent:
            each.result()
