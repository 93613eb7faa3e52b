"""One run: the catalog is filled, listed, searched, and refreshed again."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.bench import tell
from benchmarks.catalog.house import House, house, stand_in
from benchmarks.catalog.queries import Queries
from benchmarks.catalog.refreshing import INDEXED, Refreshed, refresh
from benchmarks.catalog.works import (
    ALL,
    BUSY,
    BY_DOWNLOADS,
    FIRST,
    FIRST_REFRESH,
    FLIP,
    HUNDRED,
    INDEX_TIME,
    KINDS,
    LAST,
    LIST,
    LOG,
    MEMORY,
    MIDDLE,
    NEXT_REFRESH,
    P50,
    P99,
    SEARCH,
    SECOND,
    SLOWEST,
    STALL,
    TIME,
    WHILE_REFRESHED,
    of,
)
from benchmarks.figures import Figures
from benchmarks.idleness import wait_until_idle
from benchmarks.load.latency import Latency, measure_latency
from benchmarks.memory import memory_of
from benchmarks.works import Work
from tests.fakes.hub.many_datasets import ManyDatasets
from tests.running_bank import UPLOAD_KEY

CONNECTIONS, MANY_CONNECTIONS = 2, 16
OF_A_KIND, OF_PEOPLE = 300, 3000  # paths
SLOW, SLOW_KEPT = 1000, 10_000  # microseconds, commands


@dataclass(slots=True)
class Run:
    folder: Path
    documents: int
    rounds: int
    seconds: int
    figures: Figures = field(default_factory=Figures)
    notes: list[str] = field(default_factory=list)

    @property
    def amounts(self) -> str:
        return (
            f"{self.documents:,} datasets; lists and searches {self.rounds} times for "
            f"{self.seconds} s each."
        )

    def measure(self) -> None:
        """Raises BenchmarkError."""
        with stand_in(self.documents) as settings, house(self.folder / "bank", settings) as there:
            there.cache.config_set("loglevel", "notice")
            there.cache.config_set("slowlog-log-slower-than", SLOW)
            there.cache.config_set("slowlog-max-len", SLOW_KEPT)
            tell(f"the first refresh, of {self.documents:,} datasets")
            first = refresh(there, self.documents)
            wait_until_idle(there.worker)
            idle = memory_of(there.worker)
            self._add_refresh(FIRST_REFRESH, first, idle)
            self._add_slowest(there, FIRST_REFRESH)
            self._note_sizes(there, idle)
            self._lists(there)
            self._searches(there)
            there.cache.slowlog_reset()
            tell("a refresh over a full catalog, lists beside it")
            following = refresh(
                there, self.documents, lambda is_over: self._lists_beside(there, is_over)
            )
            self._add_refresh(NEXT_REFRESH, following, idle)
            self.figures.add(STALL, FLIP, following.flip)
            self._add_slowest(there, NEXT_REFRESH)
            self._note_forks(there)

    def _add_refresh(self, which: str, seen: Refreshed, idle: int) -> None:
        self.figures.add(TIME, which, seen.seconds)
        self.figures.add(STALL, which, seen.longest)
        self.figures.add(STALL, LOG, seen.log)
        self.figures.add(MEMORY, which, (seen.peak - idle) / 1e6)
        if INDEXED in seen.phases:
            self.figures.add(INDEX_TIME, which, seen.phases[INDEXED])
        phases = ", ".join(f"{phase} {taken:.0f} s" for phase, taken in seen.phases.items())
        self.notes.append(
            f"{which}: {seen.seconds:.0f} s ({phases}); {seen.pings.count:,} questions to Redis "
            f"meanwhile, {len(seen.pings.waits)} of them longer than 2 ms; who asked was itself at "
            f"most {seen.pings.late * 1000:.0f} ms late. Redis began its log anew about "
            f"{seen.rewritings} times."
        )
        tell(self.notes[-1])

    def _lists(self, there: House) -> None:
        for number in range(self.rounds):
            for name, path in self._pages().items():
                self._ask(there, LIST, name, [path])
            everywhere = [_page(offset) for offset in range(0, self.documents - 10, 997)]
            self._ask(there, LIST, BUSY, everywhere, connections=MANY_CONNECTIONS)
            tell(f"lists, round {number + 1} of {self.rounds}")

    def _pages(self) -> dict[str, str]:
        middle = self.documents // 2
        return {
            FIRST: _page(0),
            SECOND: _page(1000),
            MIDDLE: _page(middle),
            LAST: _page(self.documents - 10),
            BY_DOWNLOADS: f"{_page(middle)}&sort_by=downloads",
            HUNDRED: _page(middle, 100),
        }

    def _searches(self, there: House) -> None:
        queries = Queries(ManyDatasets(self.documents))
        for number in range(self.rounds):
            self._ask(there, SEARCH, ALL, queries.as_people_ask(OF_PEOPLE))
            for kind in KINDS:
                self._ask(there, SEARCH, kind, queries.of(kind, OF_A_KIND))
            tell(f"searches, round {number + 1} of {self.rounds}")

    def _lists_beside(self, there: House, is_over: threading.Event) -> None:
        """A quarter of the time: the refresh has the same two cores."""
        everywhere = [_page(offset) for offset in range(0, self.documents - 10, 997)]
        while not is_over.wait(3 * self.seconds):
            self._ask(there, LIST, WHILE_REFRESHED, everywhere)

    def _ask(
        self, there: House, work: Work, name: str, paths: list[str], connections: int = CONNECTIONS
    ) -> None:
        found = self._latency(there, paths, connections)
        self.figures.add(work, of(name, P50), found.p50 / 1000)
        self.figures.add(work, of(name, P99), found.p99 / 1000)
        tell(
            f"{work.title}, {name}: {found.p50 / 1000:.2f} ms, {found.p99 / 1000:.1f} ms, "
            f"longest {found.longest / 1000:.1f} ms, {found.per_second:,.0f}/s"
        )

    def _latency(self, there: House, paths: list[str], connections: int) -> Latency:
        return measure_latency(
            there.bank.address,
            paths,
            self.folder / "paths",
            {"X-API-Key": UPLOAD_KEY},
            seconds=self.seconds,
            connections=connections,
        )

    def _note_sizes(self, there: House, idle: int) -> None:
        used = there.cache.info("memory")["used_memory"]
        self.notes.append(
            f"The worker takes {idle / 1e6:.0f} MB when it has nothing to do, Redis holds "
            f"{used / 1e6:,.0f} MB with one generation, the index takes "
            f"{_folder_bytes(there) / 1e6:,.0f} MB on the disk."
        )

    def _note_forks(self, there: House) -> None:
        """Redis forks to write its log anew, and answers nobody while it does."""
        fork = there.cache.info("stats")["latest_fork_usec"]
        self.notes.append(
            f"Redis, which keeps a log on the disk (appendonly), forks to write it anew; its last "
            f"fork took {fork / 1000:.1f} ms, in which it answers nobody. It held up to "
            f"{there.cache.info('memory')['used_memory_peak'] / 1e6:,.0f} MB, two generations."
        )

    def _add_slowest(self, there: House, which: str) -> None:
        """By Redis' own clock, without who else wants the two cores."""
        slow = there.cache.slowlog_get(SLOW_KEPT)
        longest = max(slow, key=lambda each: each["duration"], default=None)
        self.figures.add(SLOWEST, which, longest["duration"] / 1000 if longest else 0.0)
        if longest:
            self.notes.append(f"{which}: the longest command was {longest['command'][:40]!r}.")
        there.cache.slowlog_reset()


def _page(offset: int, limit: int = 10) -> str:
    return f"/api/datasets?limit={limit}&offset={offset}"


def _folder_bytes(there: House) -> int:
    folder = there.socket.parents[1] / "state" / "catalog"
    return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())
