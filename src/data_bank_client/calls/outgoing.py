"""Bodies on their way out: opened anew for every try, counted and hashed as they go.

bytes                    sent again whenever needed
a seekable binary file   from where it stood at the call to its end, sent again by seeking
any other file or iterable   sent once
"""

import hashlib
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator
from typing import Protocol, TypeAlias, runtime_checkable

from data_bank_client.calls.call import Phase, Progress
from data_bank_client.errors import DigestMismatchError, InvalidInputError
from data_bank_client.wire.digest import Digest

CHUNK_BYTES = 1024 * 1024


@runtime_checkable
class Readable(Protocol):
    """A binary file, or what reads like one."""

    def read(self, size: int, /) -> bytes: ...


@runtime_checkable
class Seekable(Readable, Protocol):
    """A binary file that may be able to go back."""

    def seekable(self) -> bool: ...
    def tell(self) -> int: ...
    def seek(self, offset: int, whence: int = 0, /) -> int: ...


Stream: TypeAlias = bytes | Readable | Iterable[bytes]


def _as_bytes(chunk: object) -> bytes:
    if isinstance(chunk, bytes | bytearray | memoryview):
        return bytes(chunk)
    raise InvalidInputError(f"a stream of {type(chunk).__name__}: open the file in binary mode")


class Tally:
    """Counts and hashes what one try sent, and holds it to the length that was declared."""

    def __init__(
        self, length: int | None, on_progress: Progress | None, *, is_hashed: bool = True
    ) -> None:
        self._length = length
        self._on_progress = on_progress
        self._is_hashed = is_hashed
        self._hash = hashlib.sha256()
        self._sent = 0

    def add(self, chunk: bytes) -> bytes:
        self._sent += len(chunk)
        if self._length is not None and self._sent > self._length:
            raise self._changed()
        if self._is_hashed:
            self._hash.update(chunk)
        if self._on_progress is not None:
            self._on_progress(Phase.SENDING, self._sent, self._length)
        return chunk

    def finish(self) -> None:
        if self._length is not None and self._sent != self._length:
            raise self._changed()

    @property
    def digest(self) -> Digest:
        return Digest(self._hash.hexdigest())

    @staticmethod
    def _changed() -> DigestMismatchError:
        return DigestMismatchError("the file changed while it was being sent; nothing was stored")


class Body:
    """Chunks made by `source`, which is called for every try; `length` in bytes, where known.

    Raises DigestMismatchError where the source gives more or less than `length`.
    """

    def __init__(
        self,
        source: Callable[[], Iterable[object]],
        *,
        length: int | None = None,
        is_repeatable: bool = False,
        on_progress: Progress | None = None,
        is_hashed: bool = True,
    ) -> None:
        self._source = source
        self.length = length
        self.is_repeatable = is_repeatable
        self._on_progress = on_progress
        self._is_hashed = is_hashed
        self._tally = Tally(length, None)

    def open(self) -> Iterator[bytes]:
        self._tally = Tally(self.length, self._on_progress, is_hashed=self._is_hashed)
        for chunk in map(_as_bytes, self._source()):
            if chunk:
                yield self._tally.add(chunk)
        self._tally.finish()

    @property
    def digest(self) -> Digest:
        """The SHA-256 of what the last try sent, where it is hashed."""
        return self._tally.digest


class AsyncBody:
    """Chunks from an asynchronous iterable, sent once."""

    length: int | None = None
    is_repeatable = False

    def __init__(self, chunks: AsyncIterable[object], on_progress: Progress | None = None) -> None:
        self._chunks = chunks
        self._tally = Tally(None, on_progress)

    async def aopen(self) -> AsyncIterator[bytes]:
        async for chunk in self._chunks:
            yield self._tally.add(_as_bytes(chunk))

    @property
    def digest(self) -> Digest:
        """The SHA-256 of what was sent."""
        return self._tally.digest


def _slices(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), CHUNK_BYTES):
        yield content[start : start + CHUNK_BYTES]


def _reads(file: Readable) -> Iterator[bytes]:
    while chunk := file.read(CHUNK_BYTES):
        yield chunk


def bytes_body(content: bytes, on_progress: Progress | None = None) -> Body:
    return Body(
        lambda: _slices(content),
        length=len(content),
        is_repeatable=True,
        on_progress=on_progress,
    )


def file_body(
    file: Readable, on_progress: Progress | None = None, *, is_hashed: bool = True
) -> Body:
    """The rest of an open file, from where it stands."""
    if not isinstance(file, Seekable) or not file.seekable():
        return Body(lambda: _reads(file), on_progress=on_progress, is_hashed=is_hashed)
    start = file.tell()

    def rewound() -> Iterator[bytes]:
        file.seek(start)
        return _reads(file)

    return Body(
        rewound,
        length=_rest(file, start),
        is_repeatable=True,
        on_progress=on_progress,
        is_hashed=is_hashed,
    )


def _rest(file: Seekable, start: int) -> int | None:
    """The bytes from `start` on; None where the file cannot say.

    Those of /proc say that they are empty and are not, or that they have no end to go to.
    """
    try:
        length = file.seek(0, 2) - start
    except OSError:
        return None
    file.seek(start)
    return length or None


def stream_body(stream: Stream, on_progress: Progress | None = None) -> Body:
    """The body that a caller's bytes, file or iterable of bytes is."""
    if isinstance(stream, bytes | bytearray | memoryview):
        return bytes_body(bytes(stream), on_progress)
    if isinstance(stream, Readable):
        return file_body(stream, on_progress)
    return Body(lambda: stream, on_progress=on_progress)


def any_body(
    stream: Stream | AsyncIterable[bytes], on_progress: Progress | None = None
) -> Body | AsyncBody:
    """The same, also of an asynchronous iterable."""
    if isinstance(stream, AsyncIterable):
        return AsyncBody(stream, on_progress)
    return stream_body(stream, on_progress)
