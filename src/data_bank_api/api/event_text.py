"""Events as text: server-sent events (WHATWG HTML, 9.2).

    retry: 1000                             first: when to come again,
    id: 1795247200995-0                     and where the stream begins

    id: 1795247200996-0                     each event
    event: databank.job.started.v1
    data: {"event_id": "...", ...}

    : still here                            each ten seconds without one, and how far it is
    id: 1795247201004-0

An `id` without `data` is no event: who comes again names it, and so skips what was not for him.
"""

import time
from collections.abc import Callable

from data_bank_api.events.entry import Entry, Wanted
from data_bank_api.events.follow import News
from data_bank_client.wire.stream_id import StreamId

STILL_HERE_SECONDS = 10.0
RETRY_MILLISECONDS = 1000


class EventText:
    """What one reader is sent of the stream, from its beginning."""

    def __init__(self, wanted: Wanted, clock: Callable[[], float] = time.monotonic) -> None:
        self._wanted = wanted
        self._clock = clock
        self._said_at = clock()

    def begin(self, news: News) -> bytes:
        return f"retry: {RETRY_MILLISECONDS}\n".encode() + _place(news.place) + self.tell(news)

    def tell(self, news: News) -> bytes:
        """What there is to say; nothing, where nothing has happened and it is not yet time."""
        said = [_event(entry) for entry in news.entries if self._wanted.takes(entry)]
        if news.remark is not None:
            said.append(f": {news.remark}\n\n".encode())
        if not said and self._clock() - self._said_at >= STILL_HERE_SECONDS:
            said.append(b": still here\n" + _place(news.place))
        if said:
            self._said_at = self._clock()
        return b"".join(said)


def _place(place: StreamId) -> bytes:
    return f"id: {place}\n\n".encode()


def _event(entry: Entry) -> bytes:
    lines = [b"data: " + line for line in entry.content.splitlines()]
    return b"\n".join([f"id: {entry.id}\nevent: {entry.type}".encode(), *lines, b"\n"])
