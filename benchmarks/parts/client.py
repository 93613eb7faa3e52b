"""The client's verified download, beside what a user would type."""

import subprocess
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks.bench import Bench, settle, tell
from benchmarks.contestants import CURL_SHA256SUM, DOWNLOAD, UVICORN
from benchmarks.errors import BenchmarkError
from benchmarks.load.curl import fetch, send
from benchmarks.parts.get_large import MEGABYTE
from benchmarks.peers.peer import Peer
from benchmarks.peers.starts import starts_of
from benchmarks.samples import LargeFile
from benchmarks.works import CLIENT
from data_bank_client import DataBankClient


def measure(bench: Bench) -> None:
    with bench.room() as room, ExitStack() as stack:
        tell(f"{CLIENT.title}: starting the server, storing a file")
        peers = bench.start(stack, room, starts_of((UVICORN,)))
        if UVICORN not in peers:
            return
        peer = peers[UVICORN]
        large = LargeFile(room / "large", bench.options.large_bytes)
        send(peer.url(large.digest), peer.headers, large.path, large.size)
        target = room / "target"
        bench.contest(
            CLIENT,
            {
                DOWNLOAD: lambda: _by_client(peer, large, target),
                CURL_SHA256SUM: lambda: _by_hand(peer, large, target),
            },
        )


def _by_client(peer: Peer, large: LargeFile, target: Path) -> float:
    target.unlink(missing_ok=True)
    settle()
    begun = time.monotonic()
    with DataBankClient(base_url=peer.address, api_key=peer.headers["X-API-Key"]) as bank:
        bank.download_to_path(large.digest, target)
    return large.size / (time.monotonic() - begun) / MEGABYTE


def _by_hand(peer: Peer, large: LargeFile, target: Path) -> float:
    target.unlink(missing_ok=True)
    settle()
    begun = time.monotonic()
    fetch(peer.url(large.digest), peer.headers, target, large.size)
    said = subprocess.run(["sha256sum", target], capture_output=True, text=True, check=True)
    if not said.stdout.startswith(large.digest):
        raise BenchmarkError("curl fetched another file")
    return large.size / (time.monotonic() - begun) / MEGABYTE
