"""A folder of the server's disk is scanned: its files come into the bank, and are registered.

    count        walked through once, for the progress
    take         each file hashed, and copied if the bank lacks it; several at once, told in order
    register     some at a time: what git calls them, artifacts that wait for one of them, manifest
    publish      snapshots that are complete by now

It may be run twice, and be cut off anywhere: what was taken stays, and nothing is taken twice.
"""

import os
import re
import threading
from collections import OrderedDict, deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import closing
from dataclasses import dataclass

from data_bank_api.blobs.receive import Receiver
from data_bank_api.blobs.store import BlobReader
from data_bank_api.db.database import Database
from data_bank_api.hub.artifact import Sum
from data_bank_api.hub.artifacts import BATCH, Artifacts
from data_bank_api.hub.file_kind import classify
from data_bank_api.hub.git_blobs import remember
from data_bank_api.hub.holdings import Holdings
from data_bank_api.hub.mirror import Teller
from data_bank_api.hub.publisher import Published, Publisher
from data_bank_api.hub.scan_intake import Content, ScanIntake
from data_bank_api.hub.scan_manifest import ScanManifest, Scanned
from data_bank_api.hub.scan_path import ScanPath
from data_bank_api.hub.scan_roots import Place, ScanRoots
from data_bank_api.hub.scan_skips import SkippedError, Skips
from data_bank_api.hub.scan_tally import ScanTally
from data_bank_api.hub.scan_walk import Found, Seen, Skip, shown, walk
from data_bank_api.queue.clock import Clock, utc_now
from data_bank_api.tracing.pool import TracedThreads
from data_bank_client.wire.files import FileInfo

PLACES = 8  # files that are read at once: parallel fsyncs share the journal's commits
AHEAD = 2 * PLACES  # files that are open at once
SOME_BYTES = 2**30  # so much is registered together at most, and BATCH files
REMEMBERED = 10_000  # files that may be met again by another name
TICK = 0.2  # seconds between two looks at what is under way
_OFTEN = 1000  # files counted
_TOLD = 20  # snapshots
_IN_CACHE = re.compile(r"(?:\A|/)(?:models|datasets|spaces)--[^/]+/snapshots/[^/]+/")

Identity = tuple[int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class ScanOutcome:
    """`folder` is relative to its root, `manifest` a file in the bank."""

    folder: str
    tally: ScanTally
    skips: Skips
    published: Sequence[Published]
    manifest: FileInfo


@dataclass(frozen=True, slots=True)
class Scanner:
    database: Database
    store: BlobReader
    receiver: Receiver
    roots: ScanRoots
    clock: Clock = utc_now

    def scan(self, path: ScanPath, teller: Teller) -> ScanOutcome:
        """Raises as `ScanRoots.open`, and the errors of bank and database."""
        with self.roots.open(path) as place:
            return _Scan(self, place, teller, ScanTally(_count(place, teller))).run()


@dataclass(frozen=True, slots=True)
class _Begun:
    """A file that is being read, or was before by another name."""

    seen: Found
    content: Future[Content]
    is_repeated: bool = False


class _Scan:
    def __init__(self, scanner: Scanner, place: Place, teller: Teller, tally: ScanTally) -> None:
        self._scanner = scanner
        self._place = place
        self._teller = teller
        self._halt = threading.Event()
        self._skips = Skips()
        self._tally = tally
        self._intake = ScanIntake(
            self._holdings, scanner.receiver, self._halt, tally.on_read, tally.on_stored
        )
        self._known: OrderedDict[Identity, Future[Content]] = OrderedDict()

    @property
    def _holdings(self) -> Holdings:
        return Holdings(self._scanner.database, self._scanner.store)

    def run(self) -> ScanOutcome:
        folder = shown(self._place.parts)
        with ScanManifest(self._scanner.receiver) as manifest:
            with closing(self._scanned()) as scanned:
                for batch in _batches(scanned):
                    self._register(batch)
                    manifest.add(batch)
            info = manifest.finish(folder)
        published = self._publish()
        self._tell_end(published)
        return ScanOutcome(folder, self._tally, self._skips, published, info)

    def _scanned(self) -> Generator[Scanned]:
        with closing(_walk(self._place)) as walked, TracedThreads(PLACES, "scan") as pool:
            try:
                for each in _ahead(self._begin(pool, seen) for seen in walked):
                    scanned = self._end(each)
                    self._tally.pass_by()
                    self._tell()
                    if scanned is not None:
                        yield scanned
            except BaseException:
                self._halt.set()
                raise

    def _begin(self, pool: TracedThreads, seen: Seen) -> _Begun | Skip:
        if not isinstance(seen, Found):
            return seen
        identity = _identity(seen.status)
        if identity in self._known:
            return _Begun(seen, self._known[identity], is_repeated=True)
        try:
            file = seen.open()
        except SkippedError as error:
            return Skip(seen.path, error.reason)
        content = pool.submit(self._intake.take, file, seen.path)
        if seen.is_shared:
            self._known[identity] = content
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return _Begun(seen, content)

    def _end(self, begun: _Begun | Skip) -> Scanned | None:
        """None for what is not taken."""
        if isinstance(begun, Skip):
            self._skips.add(begun.path, begun.reason)
            return None
        while not wait([begun.content], TICK).done:
            self._tell()
        try:
            content = begun.content.result()
        except SkippedError as error:
            self._skips.add(begun.seen.path, error.reason)
            return None
        return self._take(begun, content)

    def _take(self, begun: _Begun, content: Content) -> Scanned | None:
        seen = begun.seen
        if begun.is_repeated:
            self._tally.on_read(content.blob.size)
            if seen.is_unnamed:  # it was taken by its name
                return None
        kind = classify(_IN_CACHE.split(seen.path)[-1], content.tensors)
        scanned = Scanned(seen.path, content, kind)
        self._tally.take(scanned, is_new=content.is_new and not begun.is_repeated)
        return scanned

    def _tell(self) -> None:
        self._teller.progress(self._tally.percent, *self._tally.tell())

    def _register(self, batch: Sequence[Scanned]) -> None:
        blobs = {each.content.blob for each in batch}
        with self._scanner.database.transaction() as session:
            remember(session, blobs)
        artifacts = Artifacts(self._scanner.database)
        for waiting in artifacts.waiting_for(blobs):
            artifacts.complete(waiting)
            self._tally.artifacts += len(waiting)

    def _publish(self) -> Sequence[Published]:
        scanner = self._scanner
        publisher = Publisher(scanner.database, self._holdings, scanner.receiver, scanner.clock)
        return publisher.publish_whole()

    def _tell_end(self, published: Sequence[Published]) -> None:
        for line in self._skips.lines():
            self._teller.log(line)
        for each in published[:_TOLD]:
            self._teller.log(f"the snapshot of {each.name} at {each.snapshot.commit} is complete")


def _walk(place: Place) -> Generator[Seen]:
    return walk(place.tree, place.parts)


def _count(place: Place, teller: Teller) -> Sum:
    total = Sum()
    with closing(_walk(place)) as walked:
        for each in walked:
            total += Sum(1, each.status.st_size if isinstance(each, Found) else 0)
            if total.files % _OFTEN == 0:
                teller.progress(0, f"{total.files} files found")
    teller.log(f"{total.files} files of {total.bytes} bytes are there")
    return total


def _ahead(begun: Iterable[_Begun | Skip]) -> Iterator[_Begun | Skip]:
    """In their order, while AHEAD others are begun."""
    waiting: deque[_Begun | Skip] = deque()
    for each in begun:
        waiting.append(each)
        if len(waiting) >= AHEAD:
            yield waiting.popleft()
    yield from waiting


def _batches(scanned: Iterator[Scanned]) -> Iterator[Sequence[Scanned]]:
    batch, size = list[Scanned](), 0
    for each in scanned:
        batch.append(each)
        size += each.content.blob.size
        if len(batch) == BATCH or size >= SOME_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _identity(found: os.stat_result) -> Identity:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
