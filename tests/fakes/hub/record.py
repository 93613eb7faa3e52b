"""What arrived at the stand-in Hub: for `no byte moved` and `the token went nowhere else`."""

import threading
from collections.abc import Iterator

from tests.fakes.hub.messages import Request


class Record:
    """All requests of all hosts. Iterating, len and indexing see those that arrived so far."""

    def __init__(self) -> None:
        self._all: list[Request] = []
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[Request]:
        with self._lock:
            return iter(list(self._all))

    def __len__(self) -> int:
        return len(self._all)

    def __getitem__(self, index: int) -> Request:
        return self._all[index]

    def add(self, request: Request) -> None:
        with self._lock:
            self._all.append(request)

    def clear(self) -> None:
        with self._lock:
            self._all.clear()

    def of(self, *kinds: str) -> list[Request]:
        """Those of some kinds: info, tree, resolve, content, storage, elsewhere..."""
        return [each for each in self if each.kind in kinds]

    def to(self, host: str) -> list[Request]:
        return [each for each in self if each.host == host]

    @property
    def kinds(self) -> list[str]:
        return [each.kind for each in self]

    @property
    def content_bytes(self) -> int:
        """The bytes of files that were sent, by any host; lists and errors do not count."""
        kinds = self.of("resolve", "content", "storage")
        return sum(each.sent for each in kinds if each.status in (200, 206))

    def most_at_once(self, host: str) -> int:
        """How many were being answered at the same time."""
        asked = self.to(host)
        return max(sum(a.begun <= b.begun < a.answered for a in asked) for b in asked)

    @property
    def token_hosts(self) -> set[str]:
        """The hosts that saw an Authorization."""
        return {each.host for each in self if "authorization" in each.headers}
