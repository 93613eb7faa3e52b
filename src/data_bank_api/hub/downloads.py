"""Fetches artifacts into the bank, several at once, and writes down how each went.

    what the bank has by now                     completed, without moving a byte
    wrong bytes, gone from the Hub, no access    failed, and the others go on
    the network, a broken Hub, a full disk       pending again, and the others go on
    the Hub asks to wait                         all wait, then it is tried again

After SETBACKS in a row that would be everybody's, no other file is begun. It ends well if every
file is in the bank; else it raises: first what may pass, so that the job is tried again.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice

from data_bank_api.hub.artifact import Artifact, Sum, sum_of
from data_bank_api.hub.expected import Expected, GitSha1, Sha256
from data_bank_api.hub.flight import Flight, Landing
from data_bank_api.hub.mirror import Mirror, Teller
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.hub.tally import Tally
from data_bank_api.hub.tree import TreeFile
from data_bank_api.hub.trouble import trouble_of
from data_bank_client.errors import (
    DataBankClientError,
    ForbiddenError,
    InsufficientStorageClientError,
    RateLimitError,
)
from data_bank_client.wire.content_type import guess_content_type
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import FileInfo

SETBACKS = 5
LOOK = 0.5  # seconds, as are all of these: between two looks at what is on its way
REST = 30.0  # where the Hub does not say how long
LONGEST_REST = 900.0
_TOLD = 20  # lines of the job's log about single files


class Downloads:
    """One run, of artifacts of the repositories that `names` has, by their ids."""

    def __init__(
        self,
        mirror: Mirror,
        names: Mapping[str, RepoName],
        total: Sum,
        teller: Teller,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.tally = Tally(total)
        self._mirror = mirror
        self._names = names
        self._teller = teller
        self._sleep = sleep
        self._again: deque[Artifact] = deque()
        self._limit: RateLimitError | None = None
        self._rest = 0.0
        self._setbacks = 0  # in a row
        self._setback: DataBankClientError | None = None
        self._failure: DataBankClientError | None = None

    def run(self, batches: Iterable[Sequence[Artifact]]) -> None:
        """Raises as is said above."""
        source = chain.from_iterable(map(self._without_held, batches))
        with Flight(self._fetch, self._mirror.places) as flight:
            try:
                while self._start(flight, source):
                    self._settle(flight.landed(LOOK))
                    self._teller.progress(self.tally.percent, *self.tally.tell())
            finally:
                self._mirror.artifacts.put_back([*flight.artifacts, *self._again])
        self._judge()

    def _without_held(self, batch: Sequence[Artifact]) -> Sequence[Artifact]:
        held = self._mirror.holdings.find([each.file for each in batch])
        here = [each for each in batch if each.file in held]
        self._mirror.artifacts.complete([(each, held[each.file]) for each in here])
        self.tally.held += sum_of(here)
        return [each for each in batch if each.file not in held]

    def _start(self, flight: Flight, source: Iterator[Artifact]) -> bool:
        """Begin as many as there are places for: whether any is on its way."""
        if self._rest and not flight.artifacts:
            self._teller.log(f"the Hub asks to wait: {self._rest:.0f} seconds")
            self._sleep(self._rest)
            self._rest, self._setbacks = 0.0, self._setbacks + 1
        if not self._rest and self._setbacks < SETBACKS:
            begun = list(islice(chain(self._taken_again(), source), flight.free))
            self._mirror.artifacts.begin(begun)
            for each in begun:
                flight.start(each)
        return bool(flight.artifacts)

    def _taken_again(self) -> Iterator[Artifact]:
        while self._again:
            yield self._again.popleft()

    def _fetch(self, artifact: Artifact, is_over: Callable[[], bool]) -> FileInfo:
        """In a thread of its own."""
        mirror, file = self._mirror, artifact.file
        name = self._names[artifact.repository_id]
        return mirror.fetcher.fetch(
            partial(mirror.hub.locate, name, artifact.commit, file.path),
            file.size,
            expected_of(file),
            mirror.receiver,
            content_type=guess_content_type(file.path.name),
            on_progress=partial(self.tally.follow, artifact),
            is_over=is_over,
        )

    def _settle(self, landings: Sequence[Landing]) -> None:
        stored: list[tuple[Artifact, Digest]] = []
        for each in landings:
            self.tally.land(each.artifact, is_stored=isinstance(each.end, FileInfo))
            if isinstance(each.end, FileInfo):
                stored.append((each.artifact, each.end.digest))
        self._setbacks = 0 if stored else self._setbacks
        self._mirror.artifacts.complete(stored)
        for each in landings:
            if isinstance(each.end, BaseException):
                self._settle_error(each.artifact, each.end)

    def _settle_error(self, artifact: Artifact, error: BaseException) -> None:
        if isinstance(error, RateLimitError):
            self._limit = error
            self._rest = min(error.retry_after or REST, LONGEST_REST)
            self._again.append(artifact)
        elif isinstance(error, DataBankClientError):
            self._settle_failure(artifact, error)
        else:
            self._mirror.artifacts.put_back([artifact])
            raise error

    def _settle_failure(self, artifact: Artifact, error: DataBankClientError) -> None:
        self.tally.failed += 1
        self._setbacks += is_everybodys(error)
        if is_passing(error):
            self._setback = self._setback or error
            self._mirror.artifacts.put_back([artifact], trouble_of(error))
        else:
            self._failure = self._failure or error
            self._mirror.artifacts.fail([artifact], trouble_of(error))
        if self.tally.failed <= _TOLD:
            self._teller.log(f"{artifact.file.path}: {error.message}")

    def _judge(self) -> None:
        passing = self._setback or (self._limit if self._again else None)
        if passing is not None:
            raise passing
        if self._failure is not None:
            files = f"{self.tally.failed} of {self.tally.total.files} files"
            raise type(self._failure)(f"{files} failed, the first: {self._failure.message}")


def is_passing(error: DataBankClientError) -> bool:
    """Whether it may go well later."""
    return error.is_temporary or isinstance(error, InsufficientStorageClientError)


def is_everybodys(error: DataBankClientError) -> bool:
    """Whether it would befall any other file, too."""
    return is_passing(error) or isinstance(error, ForbiddenError)


def expected_of(file: TreeFile) -> Expected:
    return GitSha1(file.oid, file.size) if file.sha256 is None else Sha256(file.sha256)
