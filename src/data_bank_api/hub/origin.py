"""Where the bytes of one file come from: the Hub is asked once, and again when that is over."""

import threading
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TypeVar

import httpx2

from data_bank_api.hub.halt import Halt
from data_bank_api.hub.located import Located, Rest
from data_bank_api.hub.part_answer import judge_part, judge_whole
from data_bank_api.hub.patience import Patience
from data_bank_api.hub.setback import BeginAnewError, ChangedError, ExpiredError, SetbackError
from data_bank_client.errors import DataBankClientError, DigestMismatchError, ExternalServiceError

T = TypeVar("T")
Locate = Callable[[Rest], Located]


class Origin:
    """Of one file, for all threads that fetch it."""

    def __init__(self, locate: Locate, size: int) -> None:
        self._locate = locate
        self._size = size
        self._turn = threading.Lock()
        self._located: Located | None = None
        self._etag: str | None = None
        self._answers_etag: str | None = None

    def begin(self, rest: Rest) -> str:
        """Forget what answers said; the ETag that the Hub gives the file. Raises as `find`."""
        self._etag = self._answers_etag = None
        return self.find(rest).etag or ""

    def find(self, rest: Rest) -> Located:
        """Raises ChangedError where it is not what it was, SetbackError for what may pass, and
        what `rest` raises."""
        with self._turn:
            if self._located is None:
                self._located = self._ask(rest)
            return self._located

    def _ask(self, rest: Rest) -> Located:
        try:
            found = self._locate(rest)
        except DataBankClientError as error:
            if not error.is_temporary:
                raise
            raise SetbackError(error, error.retry_after or 0.0) from error
        if found.size not in (None, self._size):
            raise DigestMismatchError("the Hub has a file of another size than the one listed")
        etag = found.etag or ""
        if self._etag not in (None, etag):
            raise ChangedError("the file has changed at the Hub")
        self._etag = etag
        return found

    def drop(self, stale: Located) -> None:
        """This address is over: the next who needs one asks, the others use that one."""
        with self._turn:
            if self._located is stale:
                self._located = None

    def check(self, etag: str | None) -> None:
        """All answers are of one state of the file. Raises ChangedError."""
        with self._turn:
            if self._answers_etag not in (None, etag or ""):
                raise ChangedError("the file has changed where it is kept")
            self._answers_etag = etag or ""


@dataclass(frozen=True, slots=True)
class Line:
    """Requests for one file's bytes."""

    http: httpx2.Client
    origin: Origin
    size: int
    patience: Patience
    halt: Halt

    def begin(self) -> str:
        """As that of the origin, as long as nobody asks for an end."""
        return self.origin.begin(self.halt.pause)

    def wait(self, setback: SetbackError, fruitless: int) -> None:
        """Until the next try, after so many without a byte. Raises what it tells if none."""
        if fruitless >= self.patience.tries or setback.pause > self.patience.longest_asked:
            raise setback.told from setback
        self.halt.pause(max(setback.pause, self.patience.pause(fruitless)))

    def insist(self, action: Callable[[], T]) -> T:
        """Do it, again and again where a SetbackError comes between."""
        fruitless = 0
        while True:
            try:
                return action()
            except SetbackError as setback:
                fruitless += 1
                self.wait(setback, fruitless)

    def part(self, start: int, stop: int) -> Generator[bytes, None, None]:
        """These bytes, no more and no less. Raises SetbackError, BeginAnewError, NotFoundError."""
        with self._asked({"Range": f"bytes={start}-{stop - 1}"}) as answer:
            judge_part(answer.status_code, answer.headers, start, stop, self.size)
            self.origin.check(answer.headers.get("etag"))
            yield from _exactly(answer, stop - start)

    def whole(self) -> Generator[bytes, None, None]:
        """As `part`, of a request without a range."""
        with self._asked({}) as answer:
            judge_whole(answer.status_code, answer.headers, self.size)
            self.origin.check(answer.headers.get("etag"))
            yield from _exactly(answer, self.size)

    @contextmanager
    def _asked(self, headers: dict[str, str]) -> Generator[httpx2.Response, None, None]:
        self.halt.check()
        located = self.origin.find(self.halt.pause)
        try:
            with self._stream(located, headers) as answer:
                self.halt.watch(answer.extensions["network_stream"])
                yield answer
        except (ExpiredError, httpx2.TransportError, BeginAnewError) as error:
            # A connection that drops may mean that its host is gone.
            self.origin.drop(located)
            if not isinstance(error, httpx2.TransportError):
                raise
            self.halt.check()
            raise SetbackError(ExternalServiceError("the connection was lost")) from error

    def _stream(
        self, located: Located, headers: dict[str, str]
    ) -> AbstractContextManager[httpx2.Response]:
        timeout = httpx2.Timeout(self.patience.read, connect=self.patience.connect)
        return self.http.stream(
            "GET",
            located.url,
            headers={**located.headers, "Accept-Encoding": "identity", **headers},
            follow_redirects=False,
            timeout=timeout,
            extensions={"trace": self.halt.trace},
        )


def _exactly(answer: httpx2.Response, count: int) -> Generator[bytes, None, None]:
    for chunk in answer.iter_raw():
        count -= len(chunk)
        if count < 0:
            break
        yield chunk
    if count:
        raise SetbackError(ExternalServiceError("more or less came than was asked for"))
