"""Durable PUT of 4 KiB, and the same without HTTP."""

from contextlib import ExitStack
from functools import partial

from benchmarks.bare_writer import BareWriter, bare_writer
from benchmarks.bench import Bench, Measure, settle, tell
from benchmarks.contestants import BARE_WRITES
from benchmarks.durability import observe
from benchmarks.load.contents import Contents
from benchmarks.load.small import WARM_SECONDS, put_rate
from benchmarks.peers.peer import Peer
from benchmarks.peers.starts import starts_of
from benchmarks.samples import Sample, SmallFiles
from benchmarks.works import PUT_SMALL


def measure(bench: Bench) -> None:
    with bench.room() as room, ExitStack() as stack:
        tell(f"{PUT_SMALL.title}: starting servers, looking what they sync")
        peers = bench.start(stack, room, starts_of(PUT_SMALL.who))
        contents = Contents(room, "put-4k")
        for peer in peers.values():
            bench.note(_durability(peer))
            put_rate(peer, contents, WARM_SECONDS)
        writer = stack.enter_context(bare_writer(room / "bare"))
        measures: dict[str, Measure] = {
            who: partial(_settled_rate, peer, contents, bench.options.seconds)
            for who, peer in peers.items()
        }
        measures[BARE_WRITES] = partial(_settled_writes, writer, bench.options.seconds)
        writer(WARM_SECONDS)
        bench.contest(PUT_SMALL, measures)


def _durability(peer: Peer) -> str:
    files = SmallFiles(f"durability of {peer.name}")
    sample, other = (Sample(files.digest(each), files.content(each)) for each in range(2))
    peer.store(other)  # what is made once, for the first file, is not looked at
    return observe(peer, lambda: peer.store(sample))


def _settled_rate(peer: Peer, contents: Contents, seconds: int) -> float:
    settle()
    return put_rate(peer, contents, seconds)


def _settled_writes(write: BareWriter, seconds: int) -> float:
    settle()
    return write(seconds)
