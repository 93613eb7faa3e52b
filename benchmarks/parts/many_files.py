"""A store of a million files beside an almost empty one: requests, start-up, pages of the list."""

import random
import time
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median

import httpx2

from benchmarks.bench import Bench, Measure, settle, tell
from benchmarks.contestants import (
    ALMOST_EMPTY,
    FIRST_100,
    FIRST_1000,
    FULL,
    MIDDLE_100,
    MIDDLE_1000,
)
from benchmarks.errors import BenchmarkError
from benchmarks.idleness import wait_until_idle
from benchmarks.load.contents import Contents
from benchmarks.load.small import WARM_SECONDS, get_rate, put_rate
from benchmarks.peers.data_bank import data_bank
from benchmarks.peers.peer import Peer
from benchmarks.planting import plant
from benchmarks.samples import SmallFiles
from benchmarks.works import MANY_GET, MANY_PAGE, MANY_PUT, MANY_START

# A start takes a second: rounds are cheap, and noise is large against a tenth.
START_ROUNDS = 7
PAGE_TRIES = 20
# Page: its limit, and whether it begins in the middle.
PAGES = {
    FIRST_100: (100, False),
    MIDDLE_100: (100, True),
    FIRST_1000: (1000, False),
    MIDDLE_1000: (1000, True),
}


def measure(bench: Bench) -> None:
    counts = {FULL: bench.options.files, ALMOST_EMPTY: bench.options.small_files}
    with bench.room() as room:
        folders = {who: room / str(place) for place, who in enumerate(counts)}
        for who, count in counts.items():
            plant(folders[who] / "files", who, count, tell)
        settle()
        bench.note(
            f"The full store had {counts[FULL]:,} files of 4 KiB, the almost empty one "
            f"{counts[ALMOST_EMPTY]:,}; both were made straight on the disk."
        )
        _measure_start(bench, folders)
        with ExitStack() as stack:
            peers = {
                who: stack.enter_context(data_bank(who, folder, {}))
                for who, folder in folders.items()
            }
            _wait_for_walks(bench, peers)
            _measure_get(bench, peers, counts, room)
            _measure_pages(bench, peers[FULL])
            _measure_put(bench, peers, room)
        tell("removing the stores")


def _measure_start(bench: Bench, folders: dict[str, Path]) -> None:
    def starting(who: str) -> float:
        begun = time.monotonic()
        with data_bank(who, folders[who], {}):
            return (time.monotonic() - begun) * 1000

    for who in folders:
        starting(who)
    rounds = START_ROUNDS if bench.options.rounds > 1 else 1
    bench.contest(MANY_START, {who: partial(starting, who) for who in folders}, rounds)


def _wait_for_walks(bench: Bench, peers: dict[str, Peer]) -> None:
    """After a start a thread walks the store once, beside the requests."""
    tell("waiting for the walk over the store that follows a start")
    for who, peer in peers.items():
        seconds = wait_until_idle(peer.pid)
        bench.note(f"{who}: the walk after a start, beside requests, took {seconds:.0f} s.")


def _measure_get(bench: Bench, peers: dict[str, Peer], counts: dict[str, int], room: Path) -> None:
    chance = random.Random(1)
    measures: dict[str, Measure] = {}
    for who, peer in peers.items():
        chosen = chance.sample(range(counts[who]), counts[ALMOST_EMPTY])
        digests = [SmallFiles(who).digest(number) for number in chosen]
        peer.check(digests[0])
        get_rate(peer, digests, room / "paths", WARM_SECONDS)
        measures[who] = partial(get_rate, peer, digests, room / "paths", bench.options.seconds)
    bench.contest(MANY_GET, measures)


def _measure_put(bench: Bench, peers: dict[str, Peer], room: Path) -> None:
    contents = Contents(room, "million-put")

    def putting(peer: Peer) -> float:
        settle()
        return put_rate(peer, contents, bench.options.seconds)

    for peer in peers.values():
        put_rate(peer, contents, WARM_SECONDS)
    bench.contest(MANY_PUT, {who: partial(putting, peer) for who, peer in peers.items()})


def _measure_pages(bench: Bench, peer: Peer) -> None:
    with httpx2.Client(
        base_url=peer.address, headers=peer.headers, trust_env=False, timeout=60
    ) as client:
        # The place where the files with this prefix begin is the middle of all digests.
        middle = _page(client, {"prefix": "80", "limit": "1"})["next_cursor"]
        measures: dict[str, Measure] = {}
        for who, (limit, is_middle) in PAGES.items():
            query = {"limit": str(limit)}
            if is_middle and isinstance(middle, str):
                query["cursor"] = middle
            items = _page(client, query)["items"]
            if not isinstance(items, Sequence) or len(items) != limit:
                raise BenchmarkError(f"a page of {limit} files is not one")
            measures[who] = partial(_page_milliseconds, client, query)
        bench.contest(MANY_PAGE, measures)


def _page(client: httpx2.Client, query: dict[str, str]) -> dict[str, object]:
    answer = client.get("/files", params=query)
    answer.raise_for_status()
    page: dict[str, object] = answer.json()
    return page


def _page_milliseconds(client: httpx2.Client, query: dict[str, str]) -> float:
    taken = []
    for _ in range(PAGE_TRIES):
        begun = time.monotonic()
        client.get("/files", params=query).raise_for_status()
        taken.append((time.monotonic() - begun) * 1000)
    return median(taken)
