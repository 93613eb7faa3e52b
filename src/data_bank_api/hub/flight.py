"""Files on their way, so many at once, each in a thread of its own."""

import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from data_bank_api.hub.artifact import Artifact
from data_bank_api.tracing.pool import TracedThreads
from data_bank_client.wire.files import FileInfo

# Seconds: what comes so soon after the first is settled with it. Of small files most do, and a
# transaction for each would be what they wait for.
GATHER = 0.01


@dataclass(frozen=True, slots=True)
class Landing:
    """How the way of a file ended: what is stored of it, or why it is not."""

    artifact: Artifact
    end: FileInfo | BaseException


class Flight:
    """A `with`: `fetch` is told by what it is given that it is over. At the end
    whatever is on its way is stopped, and waited for."""

    def __init__(
        self,
        fetch: Callable[[Artifact, Callable[[], bool]], FileInfo],
        places: int,
        gather: float = GATHER,
    ) -> None:
        self._fetch = fetch
        self._places = places
        self._gather = gather
        self._is_over = threading.Event()
        self._pool = TracedThreads(places, thread_name_prefix="hub-file")
        self._flying: dict[Future[FileInfo], Artifact] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._is_over.set()
        self._pool.shutdown(cancel_futures=True)

    @property
    def free(self) -> int:
        return self._places - len(self._flying)

    @property
    def artifacts(self) -> list[Artifact]:
        """Those on their way."""
        return list(self._flying.values())

    def start(self, artifact: Artifact) -> None:
        self._flying[self._pool.submit(self._fetch, artifact, self._is_over.is_set)] = artifact

    def landed(self, seconds: float) -> list[Landing]:
        """Wait so long for one, a moment for those right behind it, and give all these."""
        done, flying = wait(self._flying, seconds, FIRST_COMPLETED)
        if done and flying:
            done, _ = wait(self._flying, self._gather)
        return [Landing(self._flying.pop(each), _end(each)) for each in done]


def _end(future: Future[FileInfo]) -> FileInfo | BaseException:
    return future.exception() or future.result()
