"""GET of one large file."""

from contextlib import ExitStack
from pathlib import Path

from benchmarks.bench import Bench, Measure, tell
from benchmarks.load.curl import fetch, send
from benchmarks.peers.peer import Peer
from benchmarks.peers.starts import starts_of
from benchmarks.samples import LargeFile
from benchmarks.works import GET_LARGE

MEGABYTE = 1_000_000


def measure(bench: Bench) -> None:
    with bench.room() as room, ExitStack() as stack:
        tell(f"{GET_LARGE.title}: starting servers, storing one file in each")
        peers = bench.start(stack, room, starts_of(GET_LARGE.who))
        large = LargeFile(room / "large", bench.options.large_bytes)
        for peer in peers.values():
            send(peer.put_url(large.digest), peer.headers, large.path, large.size)
            peer.check(large.digest)  # and so it is in the page cache
        bench.contest(GET_LARGE, {who: _fetching(peer, large) for who, peer in peers.items()})


def _fetching(peer: Peer, large: LargeFile) -> Measure:
    def measure() -> float:
        seconds = fetch(peer.url(large.digest), peer.headers, Path("/dev/null"), large.size)
        return large.size / seconds / MEGABYTE

    return measure
