"""PUT of one large file, new each time."""

import time
from contextlib import ExitStack

from benchmarks.bench import Bench, Measure, settle, tell
from benchmarks.load.curl import send
from benchmarks.parts.get_large import MEGABYTE
from benchmarks.peers.peer import Peer
from benchmarks.peers.starts import starts_of
from benchmarks.samples import LargeFile
from benchmarks.works import PUT_LARGE


def measure(bench: Bench) -> None:
    with bench.room() as room, ExitStack() as stack:
        tell(f"{PUT_LARGE.title}: starting servers")
        peers = bench.start(stack, room, starts_of(PUT_LARGE.who))
        large = LargeFile(room / "large", bench.options.large_bytes)
        for peer in peers.values():
            with peer.forgetting(large.stamp()):
                _send(peer, large)
                peer.check(large.digest)
        bench.contest(PUT_LARGE, {who: _sending(peer, large) for who, peer in peers.items()})


def _send(peer: Peer, large: LargeFile) -> float:
    """Seconds, with those that it takes to ask where to send."""
    begun = time.monotonic()
    address = peer.put_url(large.digest)
    asking = time.monotonic() - begun
    return asking + send(address, peer.headers, large.path, large.size)


def _sending(peer: Peer, large: LargeFile) -> Measure:
    def measure() -> float:
        with peer.forgetting(large.stamp()):
            settle()
            return large.size / _send(peer, large) / MEGABYTE

    return measure
