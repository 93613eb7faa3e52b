"""A run: the files are made, each is described by all in turn, and what they tell is compared."""

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from pathlib import Path

import msgspec

from benchmarks.bench import tell
from benchmarks.errors import BenchmarkError, MissingContestantError
from benchmarks.figures import Figures
from benchmarks.page import show_number
from benchmarks.reports import ydata
from benchmarks.reports.agreement import differences
from benchmarks.reports.child import Ran, ran
from benchmarks.reports.files import write_csv, write_json
from benchmarks.reports.works import BY_HAND, CSV, JSON, MEMORY, RAGGED, REPORT, SMALL, YDATA
from benchmarks.works import Work
from data_bank_api.reports.limits import MIB, Limits

_SMALL = 13_000_000
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Table:
    work: Work
    kind: str
    name: str
    write: Callable[[Path, int], None]


TABLES = (
    Table(CSV, "csv", "plain.csv", partial(write_csv, ragged=False)),
    Table(RAGGED, "csv", "ragged.csv", write_csv),
    Table(JSON, "json", "array.json", write_json),
)


@dataclass(slots=True)
class Run:
    folder: Path
    size: int
    rounds: int
    figures: Figures = field(default_factory=Figures)
    notes: list[str] = field(default_factory=list)
    versions: dict[str, str] = field(
        default_factory=lambda: {name: version(name) for name in ("data-bank", "duckdb")}
    )

    @property
    def amounts(self) -> str:
        limits = Limits()
        return (
            f"Rounds: {self.rounds}; files of {self.size:,} bytes; {limits.threads} threads and"
            f" {limits.memory // MIB} MiB for DuckDB, in the report and by hand."
        )

    def measure(self) -> None:
        for table in TABLES:
            self._beside_sql(table)
        self._beside_ydata()

    def _beside_sql(self, table: Table) -> None:
        path = self.folder / table.name
        tell(f"making {table.name}")
        table.write(path, self.size)
        for number in range(self.rounds):
            asked = {REPORT: self._report, BY_HAND: self._by_hand}
            names = list(asked) if number % 2 else list(reversed(asked))
            found = {who: asked[who](table.kind, path) for who in names}
            self._add(table.work, {who: each.seconds for who, each in found.items()})
            self.figures.add(MEMORY, table.work.title, found[REPORT].megabytes)
            self._compare(table, found[BY_HAND].said, found[REPORT].said)
            worked = (f"{who} {show_number(each.processor)} s" for who, each in found.items())
            self.notes.append(f"{table.work.title}, the processor worked: {', '.join(worked)}.")
        path.unlink()

    def _report(self, kind: str, path: Path) -> Ran:
        return self._ran("benchmarks.reports.one", kind, path)

    def _by_hand(self, kind: str, path: Path) -> Ran:
        limits = Limits()
        more = (f"{limits.memory // MIB}MiB", str(limits.threads))
        return self._ran("benchmarks.reports.by_hand", kind, path, more)

    def _ran(self, module: str, kind: str, path: Path, more: Sequence[str] = ()) -> Ran:
        with tempfile.TemporaryDirectory(dir=self.folder) as scratch:
            return ran(module, [kind, str(path), scratch, *more])

    def _compare(self, table: Table, by_hand: bytes, report: bytes) -> None:
        """Raises BenchmarkError where they do not tell the same."""
        told = (msgspec.json.decode(each) for each in (by_hand, report))
        found = list(differences(table.work.title, *told))
        if found:
            raise BenchmarkError("they do not agree: " + "; ".join(found[:_SHOWN]))

    def _beside_ydata(self) -> None:
        path = self.folder / "small.csv"
        write_csv(path, _SMALL, ragged=False)
        asked: dict[str, Callable[[], float]] = {REPORT: lambda: self._report("csv", path).seconds}
        try:
            python, self.versions["ydata-profiling"] = ydata.installed(self.folder / "ydata")
            target = self.folder / "ydata.json"
            ydata.profile_by(python, path, target)
            asked[YDATA] = lambda: _timed(lambda: ydata.profile_by(python, path, target))
        except MissingContestantError as error:
            self.notes.append(f"{YDATA} is missing: {error}.")
        for _ in range(self.rounds):
            self._add(SMALL, {who: measure() for who, measure in asked.items()})

    def _add(self, work: Work, values: Mapping[str, float]) -> None:
        self.figures.add_round(work, values)
        shown = ", ".join(f"{who} {show_number(value)} s" for who, value in values.items())
        tell(f"{work.title}: {shown}")


def _timed(do: Callable[[], None]) -> float:
    begun = time.monotonic()
    do()
    return time.monotonic() - begun
