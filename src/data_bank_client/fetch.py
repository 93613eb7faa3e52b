"""Fetching the bytes of a file in order, over as many connections as it takes.

A lost connection continues where it stood: by `Range` with `If-Range`, and an answer of
200 is the file from its beginning again. The driver tries every connection several times,
with back-off, until its first bytes are there, and then gives up; what is counted here is
how often one that broke after them won no new byte.
"""

from typing import Protocol, TypeVar

from data_bank_client.calls import files
from data_bank_client.calls.call import Flow, Give, Signal
from data_bank_client.calls.portion import Portion
from data_bank_client.errors import ConnectionFailedError, UnexpectedAnswerError
from data_bank_client.wire.digest import Digest

PATIENCE = 5

G = TypeVar("G")


class Sink(Protocol[G]):
    """Takes a file's bytes. `position` is the first byte that it lacks."""

    @property
    def position(self) -> int: ...

    def begin(self, portion: Portion) -> None:
        """Told before the bytes of an answer; they begin at or before `position`."""

    def take(self, start: int, chunk: bytes) -> Give[G] | None:
        """Bytes from `start` on, in order; what of them to hand to the caller."""


def _receive(portion: Portion, sink: Sink[G], stop: int | None) -> Flow[G, None]:
    """Pass the body of the answer that is open to the sink, up to `stop`."""
    at, chunk = portion.start, portion.first
    while chunk:
        if at + len(chunk) > portion.stop:
            raise UnexpectedAnswerError("the answer holds more bytes than it said")
        given = sink.take(at, chunk)
        at += len(chunk)
        if given is not None:
            yield given
        if stop is not None and sink.position >= stop and at < portion.stop:
            return  # the rest of the answer is not wanted; a whole one is read to its end
        chunk = (yield Signal.MORE).body
    if at < portion.stop:
        raise ConnectionFailedError("the answer ended before its last byte")


def fetch(
    digest: Digest, sink: Sink[G], stop: int | None = None, *, verify_etag: bool = True
) -> Flow[G, None]:
    """Fill the sink from its position to `stop`, or to the end of the file.

    Raises ConnectionFailedError where the driver found no connection, and after PATIENCE that
    broke in a row and won no byte; RangeNotSatisfiableError where the sink's position is not
    in the file; and whatever reading the answers raises.
    """
    furthest, losses = sink.position, 0
    while True:
        call = files.download(digest, sink.position, stop, verify_etag=verify_etag)
        portion = yield from call.ask()
        sink.begin(portion)
        try:
            yield from _receive(portion, sink, stop)
        except ConnectionFailedError:
            losses = 0 if sink.position > furthest else losses + 1
            furthest = max(furthest, sink.position)
            if losses >= PATIENCE:
                raise
        else:
            if sink.position >= (portion.size if stop is None else min(stop, portion.size)):
                return
