"""Hashing what is on the local disk."""

from collections.abc import Generator
from typing import Protocol

from data_bank_client.calls.call import Answer, Phase, Progress, Signal
from data_bank_client.calls.outgoing import CHUNK_BYTES, Readable


class Hash(Protocol):
    """One of hashlib's."""

    def update(self, chunk: bytes, /) -> None: ...


def hash_file(
    file: Readable, running: Hash, total: int, on_progress: Progress | None
) -> Generator[Signal, Answer, int]:
    """Feed `running` the rest of an open file; the bytes that it had.

    `total`, in bytes, is what progress is measured against.
    """
    done = 0
    while chunk := file.read(CHUNK_BYTES):
        running.update(chunk)
        done += len(chunk)
        if on_progress is not None:
            on_progress(Phase.HASHING, done, total)
        yield Signal.PAUSE
    return done
