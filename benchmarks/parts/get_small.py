"""GET of 4 KiB: one of many files, and one hot file."""

from contextlib import ExitStack
from functools import partial

from benchmarks.bench import Bench, tell
from benchmarks.contestants import BARE_ASGI
from benchmarks.load.small import WARM_SECONDS, get_rate
from benchmarks.peers.starts import starts_of
from benchmarks.samples import Sample, SmallFiles
from benchmarks.works import GET_HOT, GET_SMALL, Work


def measure_set(bench: Bench) -> None:
    _measure(bench, GET_SMALL, bench.options.small_files)


def measure_hot(bench: Bench) -> None:
    _measure(bench, GET_HOT, 1)


def _measure(bench: Bench, work: Work, count: int) -> None:
    files = SmallFiles(work.part)
    samples = [Sample(files.digest(each), files.content(each)) for each in range(count)]
    digests = [sample.digest for sample in samples]
    with bench.room() as room, ExitStack() as stack:
        tell(f"{work.title}: starting servers, storing {count:,} files in each")
        peers = bench.start(stack, room, starts_of(work.who))
        for who, peer in peers.items():
            tell(who)
            if who != BARE_ASGI:
                peer.store_all(samples)
                peer.check(digests[0])
                peer.check(digests[-1])
            get_rate(peer, digests, room / "paths", WARM_SECONDS)
        bench.contest(
            work,
            {
                who: partial(get_rate, peer, digests, room / "paths", bench.options.seconds)
                for who, peer in peers.items()
            },
        )
