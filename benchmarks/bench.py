"""A run in progress: what the parts share, and how rounds are taken in turns."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.errors import BenchmarkError, MissingContestantError
from benchmarks.figures import Figures
from benchmarks.options import Options
from benchmarks.page import claim_rows, figure_rows, show_number
from benchmarks.peers.peer import Peer
from benchmarks.works import Work

Start = Callable[[Path], AbstractContextManager[Peer]]
Measure = Callable[[], float]

_BEGUN = time.monotonic()


def tell(line: str) -> None:
    """What happens now, beside the table."""
    sys.stderr.write(f"{time.monotonic() - _BEGUN:6.0f} s  {line}\n")
    sys.stderr.flush()


@dataclass(slots=True)
class Bench:
    options: Options
    folder: Path
    figures: Figures = field(default_factory=Figures)
    notes: dict[str, None] = field(default_factory=dict)  # each once, in order
    has_failed: bool = False

    def fail(self, what: str, error: BenchmarkError) -> None:
        """What could not be measured, and should have been: the others go on.

        Why is told, but not written down: a server's last words may hold paths.
        """
        self.has_failed = True
        self.note(f"{what} failed.")
        tell(f"{what} failed: {error}")

    def note(self, sentence: str) -> None:
        self.notes[sentence] = None

    @contextmanager
    def room(self) -> Iterator[Path]:
        """An empty folder, gone afterwards."""
        path = self.folder / "room"
        path.mkdir()
        try:
            yield path
        finally:
            # Millions of files: rm takes half the time of shutil.rmtree.
            subprocess.run(["rm", "-rf", path], check=False)

    def start(self, stack: ExitStack, room: Path, starts: Mapping[str, Start]) -> dict[str, Peer]:
        """Those that can be started, until the stack ends; of the others a note."""
        peers = {}
        for place, (who, start) in enumerate(starts.items()):
            try:
                peers[who] = stack.enter_context(start(room / str(place)))
            except MissingContestantError as error:
                self.note(f"{who} is missing: {error}.")
            except BenchmarkError as error:
                self.fail(who, error)
        return peers

    def contest(
        self, work: Work, measures: Mapping[str, Measure], rounds: int | None = None
    ) -> None:
        """Take rounds, each with all in turn and another one first, then print the rows."""
        names = [who for who in work.who if who in measures]
        total = rounds or self.options.rounds
        for number in range(total):
            first = number % max(len(names), 1)
            values = {}
            for who in names[first:] + names[:first]:
                values[who] = measures[who]()
                shown = f"{show_number(values[who])} {work.unit}"
                tell(f"{work.title}, round {number + 1} of {total}, {who}: {shown}")
            self.figures.add_round(work, values)
        self.print_rows(work)

    def print_rows(self, work: Work) -> None:
        for _title, who, *numbers, unit, rounds in figure_rows(self.figures, [work]):
            middle, lowest, highest = numbers
            sys.stdout.write(
                f"{work.title:30} {who:38} {middle:>9} {unit:10} {lowest:>9} to {highest:>9}"
                f"  ({rounds})\n"
            )
        for _title, who, beside, value, bound, is_reached in claim_rows(self.figures, [work]):
            compared = f"{who} beside {beside}" if beside else who
            reached = f"{bound}: {is_reached.strip('*')}" if is_reached else bound
            sys.stdout.write(f"{'':30} {compared:60} {value:>12}  {reached}\n")
        sys.stdout.flush()


def settle() -> None:
    """Bring what others wrote to the disk, so that it is not counted to who comes next."""
    os.sync()
