"""One file from the Hub into the bank: verified, and gone on with after whatever ended it.

    Downloader(http, spool, bank, budget).fetch(locate, size, expected, receiver)

A large file comes by parallel ranges into a spool (spool.py), which lies on the store's disk and
has taken the room before a byte moves. It is read back and hashed beside the fetching, and when
all of it has come and is what was expected, the store takes over the file itself. A small one
comes by one request, without a spool.

What ends it                                   what becomes of it
the connection, the address, a busy host       tried again, as `Patience` says; then the error
kill -9, a power cut, an error of these        the next call goes on with the parts that had come
it changes; a whole comes instead of a range   begun anew, STARTS times at most
wrong bytes                                    all is thrown away, and once begun anew
`is_over`, an exception in the calling thread  all threads end; the next call goes on
"""

from collections.abc import Callable
from concurrent.futures import wait
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx2

from data_bank_api.blobs.disk.system import System
from data_bank_api.blobs.receive import Declared, Intake, Receiver
from data_bank_api.blobs.store import BlobReader
from data_bank_api.hub.byte_budget import ByteBudget
from data_bank_api.hub.expected import Expected
from data_bank_api.hub.fetch_round import FetchRound
from data_bank_api.hub.halt import Halt
from data_bank_api.hub.origin import Line, Locate, Origin
from data_bank_api.hub.part_map import PartMap
from data_bank_api.hub.patience import Patience
from data_bank_api.hub.setback import BeginAnewError, NoRangesError
from data_bank_api.hub.spool import Spool
from data_bank_api.hub.syncing import Syncing
from data_bank_api.hub.transfer_meter import Transfer, TransferMeter
from data_bank_api.tracing.pool import TracedThreads
from data_bank_client.errors import (
    DigestMismatchError,
    ExternalServiceError,
    FileQuarantinedError,
    NotFoundError,
)
from data_bank_client.wire.files import FileInfo

Take = Callable[[bytes | memoryview], None]
SMALL = 1024 * 1024
PART = 8 * 1024 * 1024
STARTS = 4
# Between two calls of `on_progress`, in seconds.
TICK = 0.2


@dataclass(frozen=True, slots=True)
class Downloader:
    """Several threads may use it, for a file each.

    `http` is shared by all, and follows nothing by itself; `spool` is a folder of its own on the
    store's disk. `connections`: for one file. `min_free`: bytes that stay free on that disk.
    """

    http: httpx2.Client
    spool: Path
    bank: BlobReader
    budget: ByteBudget
    patience: Patience = field(default_factory=Patience)
    connections: int = 4
    part_size: int = PART
    min_free: int = 0
    syncing: Syncing = field(default_factory=Syncing)
    system: System = field(default_factory=System)

    def fetch(
        self,
        locate: Locate,
        size: int,
        expected: Expected,
        receiver: Receiver,
        *,
        content_type: str = "application/octet-stream",
        on_progress: Callable[[Transfer], object] = lambda _: None,
        is_over: Callable[[], bool] = lambda: False,
    ) -> FileInfo:
        """The file, when it is durable in the bank.

        `locate` is called in other threads, once at a time; `on_progress` and `is_over` in this
        one, a few times a second. Where another process fetches the same content, it is waited
        for. Raises DownloadStoppedError after `is_over`, DigestMismatchError for wrong bytes,
        InsufficientStorageClientError, the errors of `locate`, and ExternalServiceError or
        RateLimitError where trying again did not help.
        """
        halt, meter = Halt(), TransferMeter(size)
        line = Line(self.http, Origin(locate, size), size, self.patience, halt)
        download = _Download(self, line, expected, receiver, content_type, meter)
        with TracedThreads(1, "hub-file") as pool:
            try:
                # All that is held is held by another thread: what is raised here at any line,
                # by a signal, ends it in order.
                work = pool.submit(download.run)
                while not wait([work], TICK).done:
                    on_progress(meter.read())
                    if is_over():
                        halt.ask()
            except BaseException:
                halt.ask()
                raise
        info = work.result()
        on_progress(meter.read())
        return info


@dataclass(frozen=True, slots=True)
class _Download:
    tools: Downloader
    line: Line
    expected: Expected
    receiver: Receiver
    content_type: str
    meter: TransferMeter

    def run(self) -> FileInfo:
        return self._run_small() if self.line.size <= SMALL else self._run_large()

    # Small ones.

    def _run_small(self) -> FileInfo:
        try:
            return self._store_small()
        except DigestMismatchError:
            return self._store_small()

    def _store_small(self) -> FileInfo:
        content = self._read_small() if self.line.size else b""
        return self._store(Intake.open_at_hand, lambda take: take(content))

    def _read_small(self) -> bytes:
        with self.tools.budget.share(self.line.size, self.line.halt.check):
            return self.line.insist(self._read_once)

    def _read_once(self) -> bytes:
        self.meter.begin(0)
        self.line.begin()
        content = bytearray()
        with closing(self.line.whole()) as chunks:
            for chunk in chunks:
                content += chunk
                self.meter.add(len(chunk))
        return bytes(content)

    # Large ones.

    def _run_large(self) -> FileInfo:
        tools = self.tools
        spool = Spool.open(
            tools.spool, self.expected.name, self.line.halt.pause, tools.syncing, tools.system
        )
        try:
            info = self._known() or self._go_on(spool)
            spool.discard()
        except DigestMismatchError:
            spool.discard()
            raise
        else:
            return info
        finally:
            if not spool.is_worth_keeping:
                spool.discard()
            spool.close()

    def _known(self) -> FileInfo | None:
        """What the bank has by now: another process may have fetched it."""
        if self.expected.digest is None:
            return None
        with suppress(NotFoundError, FileQuarantinedError):
            return self.tools.bank.stat(self.expected.digest)
        return None

    def _go_on(self, spool: Spool) -> FileInfo:
        wanted = PartMap(self.line.size, self.tools.part_size, self._begin())
        spool.prepare(wanted, self.tools.min_free)
        fetch, was_wrong = self._by_ranges, False
        for _ in range(STARTS):
            self.meter.begin(spool.parts.done_bytes)
            try:
                return self._store(lambda intake: intake.adopt(spool.path), partial(fetch, spool))
            except BeginAnewError as error:
                fetch = self._as_whole if isinstance(error, NoRangesError) else self._by_ranges
            except DigestMismatchError:
                if was_wrong:
                    raise
                was_wrong = True
            spool.begin_anew("")  # at once: what is there counts no more, whatever comes next
            spool.begin_anew(self._begin())
        raise ExternalServiceError("the file was begun anew again and again: it changes meanwhile")

    def _begin(self) -> str:
        return self.line.insist(self.line.begin)

    def _by_ranges(self, spool: Spool, take: Take) -> None:
        self._round(spool).run(self.tools.connections, take)

    def _as_whole(self, spool: Spool, take: Take) -> None:
        self._round(spool).run_whole(take)

    def _round(self, spool: Spool) -> FetchRound:
        return FetchRound(self.line, spool, self.tools.budget, self.meter)

    # Both.

    def _store(self, open_: Callable[[Intake], None], feed: Callable[[Take], None]) -> FileInfo:
        intake = self.receiver.begin(Declared(self.line.size, digest=self.expected.digest))
        running = self.expected.running()

        def take(chunk: bytes | memoryview) -> None:
            intake.write(chunk)
            running.update(chunk)

        try:
            open_(intake)
            feed(take)
            running.check()
            return intake.finish(self.content_type).info
        finally:
            intake.discard()
