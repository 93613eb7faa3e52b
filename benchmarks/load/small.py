"""Small requests to a peer, as measures of a contest."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.load.contents import Contents
from benchmarks.load.wrk import THREADS, run_wrk
from benchmarks.peers.peer import Peer

WARM_SECONDS = 1


def get_rate(peer: Peer, digests: Sequence[str], list_path: Path, seconds: int) -> float:
    """Requests a second for files in random order. Raises BenchmarkError."""
    list_path.write_text("".join(f"{peer.prefix}{digest}\n" for digest in digests))
    outcome = run_wrk(peer.address, "get.lua", [str(list_path)], peer.headers, seconds)
    return outcome.per_second(outcome.requests)


def put_rate(peer: Peer, contents: Contents, seconds: int) -> float:
    """Files stored a second, each new; one of them is read back. Raises BenchmarkError."""
    contents.renew(seconds)
    arguments = [str(contents.name), peer.script_path or peer.prefix, str(THREADS)]
    outcome = run_wrk(peer.address, peer.script, arguments, peer.headers, seconds)
    # Not the very first: wrk makes that request to look at it, and does not send it.
    peer.check(contents.files.digest(contents.first + THREADS))
    return outcome.per_second(outcome.stored)
