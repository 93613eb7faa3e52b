"""One go at a large file: threads fetch the parts that are missing, and what has come is taken
in its order beside them, read back from the spool while the system still has it in memory.

Where something ends it, all threads have ended when `run` does.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from dataclasses import replace

from data_bank_api.hub.byte_budget import ByteBudget
from data_bank_api.hub.origin import Line
from data_bank_api.hub.part_map import Part
from data_bank_api.hub.setback import NoRangesError, SetbackError
from data_bank_api.hub.spool import Spool
from data_bank_api.hub.transfer_meter import TransferMeter
from data_bank_api.tracing.pool import TracedThreads

Take = Callable[[memoryview], None]
# Each piece waits for the interpreter's lock, which the threads that fetch want too: with 256 KiB
# the hashing took half as long again.
_READ_BACK = 2 * 1024 * 1024
# A few bytes with each try are no progress: it might go on like that for ever.
_PROGRESS = 64 * 1024
# How long somebody who waits may take to notice that it need not, in seconds.
_LOOK_UP = 0.2


class FetchRound:
    def __init__(self, line: Line, spool: Spool, budget: ByteBudget, meter: TransferMeter) -> None:
        self._halt = line.halt.part()
        self._line = replace(line, halt=self._halt)
        self._spool = spool
        self._budget = budget
        self._meter = meter
        self._changed = threading.Condition()
        self._failure: BaseException | None = None
        self._missing = spool.parts.missing()

    def run(self, connections: int, take: Take) -> None:
        """By ranges. Raises BeginAnewError, and the errors of bank and disk."""
        self._run([self._fetch_parts] * connections, take)

    def run_whole(self, take: Take) -> None:
        """By one request without a range; a connection that drops is a BeginAnewError."""
        self._run([self._fetch_whole], take)

    def _run(self, works: list[Callable[[], None]], take: Take) -> None:
        with TracedThreads(len(works), "hub-part") as pool:
            try:
                for work in works:
                    pool.submit(work).add_done_callback(self._ended)
                self._read_back(take)
            except BaseException:
                self._halt.ask()
                raise
        if self._failure is not None:  # of the sync, when all parts had come
            raise self._failure

    def _read_back(self, take: Take) -> None:
        room = memoryview(bytearray(min(_READ_BACK, self._spool.parts.size)))
        for part in self._spool.parts.parts():
            self._wait_for(part)
            for start in range(part.start, part.stop, _READ_BACK):
                piece = room[: min(_READ_BACK, part.stop - start)]
                self._spool.read_into(start, piece)
                take(piece)

    def _wait_for(self, part: Part) -> None:
        with self._changed:
            while not self._spool.parts.is_done(part):
                if self._failure is not None:
                    raise self._failure
                self._changed.wait(_LOOK_UP)

    def _ended(self, work: Future[None]) -> None:
        with self._changed:
            self._failure = self._failure or work.exception()
            self._changed.notify_all()

    def _next_missing(self) -> Part | None:
        with self._changed:
            return next(self._missing, None)

    def _settle(self, part: Part) -> None:
        self._spool.settle(part)
        with self._changed:
            self._changed.notify_all()

    def _fetch_parts(self) -> None:
        while (part := self._next_missing()) is not None:
            with self._budget.share(part.size, self._halt.check):
                self._fetch_part(part)
                self._settle(part)
        self._spool.write_out()

    def _fetch_part(self, part: Part) -> None:
        """What has come of it stays, whatever comes between."""
        at = mark = part.start
        fruitless = 0
        while at < part.stop:
            try:
                with closing(self._line.part(at, part.stop)) as chunks:
                    for chunk in chunks:
                        self._write(at, chunk)
                        at += len(chunk)
            except SetbackError as setback:
                fruitless += 1
                if at - mark >= _PROGRESS:
                    fruitless, mark = 0, at
                self._line.wait(setback, fruitless)

    def _write(self, at: int, chunk: bytes) -> None:
        self._spool.write(at, chunk)
        self._meter.add(len(chunk))

    def _fetch_whole(self) -> None:
        at, part = 0, self._next_missing()
        with self._budget.share(self._spool.parts.part_size, self._halt.check):
            try:
                with closing(self._line.whole()) as chunks:
                    for chunk in chunks:
                        self._write(at, chunk)
                        at += len(chunk)
                        part = self._settle_before(at, part)
            except SetbackError as setback:
                self._line.wait(setback, 1)
                raise NoRangesError(setback.told.message) from setback
        self._spool.write_out()

    def _settle_before(self, at: int, part: Part | None) -> Part | None:
        """This part and those after it that end before this place; the first that does not."""
        while part is not None and part.stop <= at:
            self._settle(part)
            part = self._next_missing()
        return part
